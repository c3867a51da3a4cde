package dev.offload.engine.discovery;

import dev.offload.api.framework.Discovery;
import dev.offload.api.test.TestCase;
import dev.offload.api.test.TestId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/// Own the lists of tests that are remembered between runs, one file for each way of listing.
///
/// A file that is damaged, or of another version, counts as none. What cannot be written is not
/// remembered; that costs time only.
public final class DiscoveryCache {
  private static final long MAGIC = 0x4f46_4c44_4c53_0002L; // "OFLDLS", version 2

  private final Path folder;

  /// Make it.
  ///
  /// @param folder where the files are; need not exist
  public DiscoveryCache(Path folder) {
    this.folder = folder;
  }

  /// What is remembered under one name.
  ///
  /// @param state a sum of all that decides beside the files
  /// @param files sums of the files that decide, by their paths
  /// @param groups what was found
  record Entry(String state, Map<String, String> files, List<Discovery.Found> groups) {
    /// Return the files that are new, are gone or have another content now.
    Set<String> changed(Map<String, String> now) {
      Set<String> changed = new TreeSet<>();
      now.forEach((file, sum) -> {
        if (!sum.equals(files.get(file))) {
          changed.add(file);
        }
      });
      files.keySet().stream().filter(file -> !now.containsKey(file)).forEach(changed::add);
      return changed;
    }
  }

  /// Return what was remembered under a name, if it was for the same state.
  Optional<Entry> find(String name, String state) {
    try {
      ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file(name)));
      CRC32C check = new CRC32C();
      check.update(in.duplicate().limit(in.limit() - Long.BYTES));
      if (in.getLong(in.limit() - Long.BYTES) != check.getValue() || in.getLong() != MAGIC) {
        return Optional.empty();
      }
      Reader reader = new Reader(in);
      return reader.text().equals(state)
          ? Optional.of(new Entry(state, reader.files(), reader.groups()))
          : Optional.empty();
    } catch (IOException | RuntimeException _) {
      return Optional.empty();
    }
  }

  /// Remember the answers for the groups of a pass, in place of earlier ones. Answers that hold
  /// errors are not remembered.
  void remember(String name, Entry entry) {
    if (entry.groups().stream().anyMatch(group -> !group.errors().isEmpty())) {
      return;
    }
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeLong(MAGIC);
      new Writer(out).write(entry);
      CRC32C check = new CRC32C();
      check.update(bytes.toByteArray());
      out.writeLong(check.getValue());
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part-", "");
      Files.write(part, bytes.toByteArray());
      Files.move(part, file(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      System.getLogger(DiscoveryCache.class.getName())
          .log(System.Logger.Level.DEBUG, "the list of tests is not remembered", e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".tests");
  }

  /// Write texts once each, whatever characters they hold.
  private static final class Writer {
    private final DataOutputStream out;
    private final Map<String, Integer> known = new HashMap<>();

    Writer(DataOutputStream out) {
      this.out = out;
    }

    void write(Entry entry) throws IOException {
      text(entry.state());
      out.writeInt(entry.files().size());
      for (Map.Entry<String, String> file : entry.files().entrySet()) {
        text(file.getKey());
        text(file.getValue());
      }
      out.writeInt(entry.groups().size());
      for (Discovery.Found group : entry.groups()) {
        out.writeInt(group.warnings().size());
        for (String warning : group.warnings()) {
          text(warning);
        }
        out.writeInt(group.tests().size());
        for (TestCase test : group.tests()) {
          text(test.id().value());
          text(test.group());
          text(test.file());
          out.writeInt(test.line());
          text(test.selector());
        }
      }
    }

    private void text(String text) throws IOException {
      Integer number = known.get(text);
      if (number != null) {
        out.writeInt(-1 - number);
        return;
      }
      known.put(text, known.size());
      out.writeInt(text.length());
      out.writeChars(text);
    }
  }

  private static final class Reader {
    private final ByteBuffer in;
    private final List<String> known = new ArrayList<>();

    Reader(ByteBuffer in) {
      this.in = in;
    }

    Map<String, String> files() {
      Map<String, String> files = new HashMap<>();
      for (int left = in.getInt(); left > 0; left--) {
        files.put(text(), text());
      }
      return files;
    }

    List<Discovery.Found> groups() {
      List<Discovery.Found> groups = new ArrayList<>();
      for (int left = in.getInt(); left > 0; left--) {
        List<String> warnings = new ArrayList<>();
        for (int more = in.getInt(); more > 0; more--) {
          warnings.add(text());
        }
        List<TestCase> tests = new ArrayList<>();
        for (int more = in.getInt(); more > 0; more--) {
          tests.add(new TestCase(new TestId(text()), text(), text(), in.getInt(), text()));
        }
        groups.add(new Discovery.Found(tests, List.of(), warnings));
      }
      return groups;
    }

    String text() {
      int length = in.getInt();
      if (length < 0) {
        return known.get(-1 - length);
      }
      char[] chars = new char[length];
      in.asCharBuffer().get(chars);
      in.position(in.position() + 2 * length);
      String text = new String(chars);
      known.add(text);
      return text;
    }
  }
}
