package dev.offload.provider.command;

import dev.offload.api.command.ShellWords;
import dev.offload.provider.process.ShippedScripts;
import dev.offload.provider.shell.CommandTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Replace `@name.ext` in a command of the configuration by the path of a script that ships with
/// Offload.
///
/// Which scripts there are is said by `index.txt` in their resource folder, of which every module
/// may have one: a line is the name of a script and then the names of the files it needs beside it.
///
/// @param folder the resource folder that holds the scripts
/// @param cache where scripts are put; none for the user's cache
record BundledScripts(String folder, Optional<Path> cache) {
  private static final Pattern REFERENCE = Pattern.compile("(?<!\\S)@([\\w-]+\\.\\w+)");

  /// Return the scripts that ship with Offload, put into the user's cache.
  static BundledScripts shipped() {
    return new BundledScripts("bundled", Optional.empty());
  }

  /// Return what is wrong with the references of a command, or nothing.
  Optional<String> problem(String command) {
    Matcher matcher = REFERENCE.matcher(command);
    while (matcher.find()) {
      String name = String.valueOf(matcher.group(1));
      Map<String, List<String>> scripts = scripts();
      if (!scripts.containsKey(name)) {
        String known = scripts.isEmpty() ? "none" : "@" + String.join(", @", scripts.keySet());
        return Optional.of(
            "There is no bundled script '@%s'; known: %s. Quote the word if it is not meant as one."
                .formatted(name, known));
      }
    }
    return Optional.empty();
  }

  /// Replace the references of a command that has no [#problem].
  CommandTemplate resolve(CommandTemplate template) throws IOException {
    Matcher matcher = REFERENCE.matcher(template.text());
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      Path script = extract(String.valueOf(matcher.group(1)));
      matcher.appendReplacement(
          resolved, Matcher.quoteReplacement(ShellWords.quote(script.toString())));
    }
    return new CommandTemplate(template.key(), matcher.appendTail(resolved).toString());
  }

  private Path extract(String name) throws IOException {
    List<String> files = scripts().get(name);
    if (files == null) {
      throw new IOException("the bundled script '" + name + "' is missing");
    }
    Path place =
        cache.isPresent()
            ? ShippedScripts.place(folder, files, cache.get())
            : ShippedScripts.place(folder, files);
    return place.resolve(name);
  }

  /// Return the scripts by name, each with all the files it consists of.
  private SortedMap<String, List<String>> scripts() {
    SortedMap<String, List<String>> scripts = new TreeMap<>();
    try {
      ClassLoader loader = BundledScripts.class.getClassLoader();
      for (URL index : Collections.list(loader.getResources(folder + "/index.txt"))) {
        try (@Nullable InputStream in = index.openStream()) {
          String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
          for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            List<String> files = List.of(line.strip().split("\\s+"));
            scripts.put(files.getFirst(), files);
          }
        }
      }
      return scripts;
    } catch (IOException _) {
      return scripts;
    }
  }
}
