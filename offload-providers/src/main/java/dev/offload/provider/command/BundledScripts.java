package dev.offload.provider.command;

import dev.offload.api.command.ShellWords;
import dev.offload.provider.shell.CommandTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Replace `@name.ext` in a command of the configuration by the path of a script that ships with
/// Offload.
///
/// A script is put into the user's cache, in a folder named after its content, so that versions of
/// Offload do not overwrite each other's.
///
/// @param folder the resource folder that holds the scripts, and `index.txt` with their names
/// @param cache where scripts are put
record BundledScripts(String folder, Path cache) {
  private static final Pattern REFERENCE = Pattern.compile("(?<!\\S)@([\\w-]+\\.\\w+)");

  /// Return the scripts that ship with Offload, put into the user's cache.
  static BundledScripts shipped() {
    return new BundledScripts("bundled", userCache().resolve("offload").resolve("scripts"));
  }

  private static Path userCache() {
    @Nullable String named = System.getenv("XDG_CACHE_HOME");
    if (named != null && named.startsWith("/")) {
      return Path.of(named);
    }
    Path home = Path.of(System.getProperty("user.home"));
    return System.getProperty("os.name").startsWith("Mac")
        ? home.resolve("Library").resolve("Caches")
        : home.resolve(".cache");
  }

  /// Return what is wrong with the references of a command, or nothing.
  Optional<String> problem(String command) {
    Matcher matcher = REFERENCE.matcher(command);
    while (matcher.find()) {
      String name = String.valueOf(matcher.group(1));
      if (!names().contains(name)) {
        String known = names().isEmpty() ? "none" : "@" + String.join(", @", names());
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

  private List<String> names() {
    try (@Nullable InputStream index = open("index.txt")) {
      return index == null
          ? List.of()
          : new String(index.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private @Nullable InputStream open(String name) {
    return BundledScripts.class.getClassLoader().getResourceAsStream(folder + "/" + name);
  }

  private Path extract(String name) throws IOException {
    byte[] content;
    try (@Nullable InputStream in = open(name)) {
      if (in == null) {
        throw new IOException("the bundled script '" + name + "' is missing");
      }
      content = in.readAllBytes();
    }
    try {
      return write(cache, name, content);
    } catch (IOException _) {
      return write(Files.createTempDirectory("offload-scripts-"), name, content);
    }
  }

  private static Path write(Path cache, String name, byte[] content) throws IOException {
    Path script = Files.createDirectories(cache.resolve(hash(content))).resolve(name);
    if (Files.exists(script) && Arrays.equals(Files.readAllBytes(script), content)) {
      return script;
    }
    Path part = Files.createTempFile(script.getParent(), name, ".part");
    Files.write(part, content);
    Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.move(
        part, script, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
