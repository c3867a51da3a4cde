package dev.offload.engine.history;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Remember on this machine what running tests costs beside the tests: for one project, one
/// provider and one framework.
public final class CostFile {
  private static final JsonFactory JSON = new JsonFactory();

  /// How much of what was remembered is kept when something is learned.
  private static final double OLD = 0.5;

  private final Path path;

  /// Name the file; nothing is read yet.
  ///
  /// @param folder where such files are
  /// @param name what tells this project, provider and framework from others
  public CostFile(Path folder, String name) {
    path = folder.resolve(name + ".json");
  }

  /// What a run has learned, in seconds.
  ///
  /// @param startUp what a sandbox takes to start
  /// @param batch what a batch costs beside its tests and their files
  /// @param file what each file of a batch costs beside its tests
  /// @param lossRate how many sandboxes died, by the number of batches
  public record Learned(double startUp, double batch, double file, double lossRate) {
    private static Learned of(Map<String, Double> values) {
      return new Learned(
          values.getOrDefault("start_up_secs", 0.0),
          values.getOrDefault("batch_secs", 0.0),
          values.getOrDefault("file_secs", 0.0),
          values.getOrDefault("loss_rate", 0.0));
    }

    private Map<String, Double> values() {
      return Map.of(
          "start_up_secs", startUp, "batch_secs", batch, "file_secs", file, "loss_rate", lossRate);
    }

    private Learned blended(Learned older) {
      return new Learned(
          blend(startUp, older.startUp),
          blend(batch, older.batch),
          blend(file, older.file),
          blend(lossRate, older.lossRate));
    }

    private static double blend(double now, double before) {
      return OLD * before + (1 - OLD) * now;
    }
  }

  /// Return what is remembered; nothing when there is no such file, or one that makes no sense.
  public Optional<Learned> read() {
    Map<String, Double> values = new HashMap<>();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), Files.readString(path))) {
      in.nextToken();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        in.nextToken();
        double value = in.getDoubleValue();
        if (!(value >= 0 && value < 1e6)) {
          return Optional.empty();
        }
        values.put(name, value);
      }
      return Optional.of(Learned.of(values));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      System.getLogger(CostFile.class.getName())
          .log(System.Logger.Level.DEBUG, "costs cannot be read", e);
      return Optional.empty();
    }
  }

  /// Remember something more. When two runs do this at the same time one of them is forgotten,
  /// which does no harm: the next run learns the same again.
  public void add(Learned learned) throws IOException {
    Map<String, Double> values = read().map(learned::blended).orElse(learned).values();
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      values.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(value -> {
            out.writeName(value.getKey());
            out.writeNumber(String.format(Locale.ROOT, "%.6f", value.getValue()));
          });
      out.writeEndObject();
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(path + " is no file");
    }
    Files.createDirectories(folder);
    Path part = Files.createTempFile(folder, ".costs", ".part");
    try {
      Files.writeString(part, text + "\n");
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
