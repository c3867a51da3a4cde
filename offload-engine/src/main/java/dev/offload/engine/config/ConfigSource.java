package dev.offload.engine.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/// Turn a file into TOML.
final class ConfigSource {
  /// Parsing costs up to 300 bytes of memory for each byte of a file made for it, so that a larger
  /// file could use up the memory of the run. Real files have some kilobytes.
  static final int MAX_BYTES = 512 * 1024;

  /// Files up to this many characters are parsed in one go.
  private static final int FIRST_PART = 32 * 1024;

  /// More mistakes of syntax than this, and it is no TOML at all.
  private static final int TOO_MANY_ERRORS = 200;

  private ConfigSource() {}

  static TomlParseResult parse(Path file, ProblemList problems) throws ConfigException {
    String text = decode(read(file, problems), problems);
    TomlParseResult toml = parse(text);
    for (TomlParseError error : toml.errors()) {
      problems.error(error.position(), "not valid TOML: " + error.getMessage());
    }
    problems.throwIfErrors();
    return toml;
  }

  /// Parse growing parts first, since each mistake of syntax is dear in time and memory: what is
  /// not TOML ends with its first part. A part that is cut in the middle of a value has an error or
  /// two for that, which do not count.
  private static TomlParseResult parse(String text) {
    for (int length = FIRST_PART; length < text.length(); length *= 2) {
      int lineEnd = text.lastIndexOf('\n', length - 1) + 1;
      TomlParseResult part = Toml.parse(text.substring(0, lineEnd == 0 ? length : lineEnd));
      if (part.errors().size() > TOO_MANY_ERRORS) {
        return part;
      }
    }
    return Toml.parse(text);
  }

  private static byte[] read(Path file, ProblemList problems) throws ConfigException {
    if (Files.isDirectory(file)) {
      throw problems.failure("is a directory; name the configuration file itself");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw problems.failure(
          "there is no such file; name one with --config, or make one with `offload init`");
    } catch (AccessDeniedException e) {
      throw problems.failure("cannot be read: permission denied");
    } catch (IOException e) {
      throw problems.failure("cannot be read: " + reason(e));
    }
    if (bytes.length > MAX_BYTES) {
      throw problems.failure(
          "is larger than "
              + MAX_BYTES / 1024
              + " KiB, the most a configuration may have; is it the right file?");
    }
    return bytes;
  }

  private static String reason(IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  private static String decode(byte[] bytes, ProblemList problems) throws ConfigException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      problems.error(positionAfter(text), "not UTF-8; save the file in the encoding UTF-8");
      throw problems.exception();
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static @Nullable TomlPosition positionAfter(String text) {
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    int lineStart = text.lastIndexOf('\n') + 1;
    return TomlPosition.positionAt(line, 1 + text.codePointCount(lineStart, text.length()));
  }
}
