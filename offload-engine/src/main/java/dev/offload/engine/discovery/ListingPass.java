package dev.offload.engine.discovery;

import dev.offload.api.framework.DiscoveryRequest;
import dev.offload.api.framework.Step;
import dev.offload.engine.config.OffloadConfig;
import dev.offload.engine.config.OffloadConfig.FrameworkChoice;
import dev.offload.engine.config.OffloadConfig.GroupSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Hold groups that one command lists.
///
/// @param choice their framework
/// @param text what their filters share
/// @param groups the groups, in file order
record ListingPass(FrameworkChoice choice, String text, List<GroupSettings> groups) {
  /// Divide the groups of a configuration into as few passes as their frameworks allow.
  static List<ListingPass> of(OffloadConfig config) {
    Map<List<String>, ListingPass> passes = new LinkedHashMap<>();
    for (GroupSettings group : config.groups()) {
      FrameworkChoice choice = config.frameworks().get(group.framework());
      if (choice == null) {
        throw new IllegalStateException("no framework is called " + group.framework());
      }
      String text =
          choice
              .framework()
              .discoveryPass(new DiscoveryRequest(group.name(), group.filters(), "", choice.env()));
      passes
          .computeIfAbsent(
              List.of(group.framework(), text),
              _ -> new ListingPass(choice, text, new ArrayList<>()))
          .groups()
          .add(group);
    }
    return List.copyOf(passes.values());
  }

  /// @param folder the private folder of the command
  /// @param buildFolder see [DiscoveryRequest#buildFolder]
  List<DiscoveryRequest> requests(String folder, String buildFolder) {
    return groups.stream()
        .map(group ->
            new DiscoveryRequest(group.name(), group.filters(), folder, buildFolder, choice.env()))
        .toList();
  }

  Step step(List<DiscoveryRequest> requests) {
    Step step = choice.framework().discovery(requests);
    return new Step(step.files(), step.command().withEnv(choice.env()), step.resultFiles());
  }
}
