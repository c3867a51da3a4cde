package dev.offload.provider.ssh;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Name a host as `ssh` is told about it.
///
/// @param destination what `ssh` takes as destination: a name, or `user@name`
/// @param port the port, or 0 for what `ssh` itself would use
record HostAddress(String destination, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "((?:[^@\\s:]+@)?(?:\\[[0-9A-Fa-f:.%\\w]+]|[^@\\s:\\[\\]]+))(?::([0-9]{1,5}))?");

  /// Read `[user@]name[:port]`; an IPv6 address stands in brackets.
  static Optional<HostAddress> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches() || text.strip().startsWith("-")) {
      return Optional.empty();
    }
    String destination = matcher.group(1).replace("[", "").replace("]", "");
    int port = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return port > 65_535 ? Optional.empty() : Optional.of(new HostAddress(destination, port));
  }

  /// Return it as [#parse] reads it.
  @Override
  public String toString() {
    boolean plain = port == 0 && !destination.contains(":");
    int name = destination.indexOf('@') + 1;
    String bracketed =
        destination.contains(":")
            ? destination.substring(0, name) + "[" + destination.substring(name) + "]"
            : destination;
    return plain ? destination : port == 0 ? bracketed : bracketed + ":" + port;
  }
}
