package dev.offload.api.framework;

import java.util.Map;

/// Ask for the tests of one group.
///
/// @param group the name of the group
/// @param filters the group's `filters`, as written
/// @param folder the absolute private folder of the command, where its files will be placed
/// @param env variables for the command
public record DiscoveryRequest(
    String group, String filters, String folder, Map<String, String> env) {
  /// Copy.
  public DiscoveryRequest {
    env = Map.copyOf(env);
  }
}
