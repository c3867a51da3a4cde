package dev.offload.engine.config;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Check `[checkpoint]`.
final class CheckpointReader {
  private CheckpointReader() {}

  static void check(TomlSettings root) {
    TomlSettings table = root.table("checkpoint");
    List<String> inputs = table.strings("build_inputs");
    if (!root.has("checkpoint")) {
      return;
    }
    if (!table.has("build_inputs")) {
      table.problem("build_inputs", "is missing: list the files an image is built from");
    } else if (table.isEmptyList("build_inputs")) {
      table.problem("build_inputs", "is empty: list the files an image is built from");
    }
    Set<String> seen = new HashSet<>();
    for (String input : inputs) {
      if (!seen.add(withoutDots(input))) {
        table.problem("build_inputs", "names \"" + input + "\" twice");
      }
    }
    if (root.table("provider").has("type")
        && root.table("provider").string("type", "").equals("local")) {
      table.problem("", "does not go with the local provider, which has no images; remove it");
    }
  }

  private static String withoutDots(String path) {
    return Arrays.stream(path.split("/"))
        .filter(part -> !part.equals("."))
        .collect(Collectors.joining("/"));
  }
}
