/// The journal of a run: events to lines of JSON and back.
@NullMarked
package dev.offload.engine.event;

import org.jspecify.annotations.NullMarked;
