package dev.offload.engine.simulate;

import dev.offload.engine.dispatch.Action;
import dev.offload.engine.dispatch.Message;
import java.time.Instant;
import java.util.List;

/// Take messages and answer with actions, as [dev.offload.engine.dispatch.Dispatcher] does. A test
/// of the simulator puts a broken one here.
@FunctionalInterface
public interface Machine {
  /// Take one message.
  List<Action> step(Message message, Instant now);
}
