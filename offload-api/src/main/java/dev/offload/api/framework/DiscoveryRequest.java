package dev.offload.api.framework;

import java.util.Map;

/// Ask for the tests of one group.
///
/// @param group the name of the group
/// @param filters the group's `filters`, as written
/// @param folder the absolute private folder of the command, where its files will be placed
/// @param buildFolder the absolute folder that [BuildRequest#folder] will name when the tests of
///   this framework are built for; empty when none or only some of the tests are going to run. A
///   listing that has to build anyway may leave there what [TestFramework#build] can use. Other
///   listings of the framework may do so at the same time.
/// @param env variables for the command
public record DiscoveryRequest(
    String group, String filters, String folder, String buildFolder, Map<String, String> env) {
  /// Copy.
  public DiscoveryRequest {
    env = Map.copyOf(env);
  }

  /// Ask where nothing is going to be built.
  public DiscoveryRequest(String group, String filters, String folder, Map<String, String> env) {
    this(group, filters, folder, "", env);
  }
}
