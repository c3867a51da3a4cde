package dev.offload.engine.simulate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Read how long tests take: a JSON object `{test id: seconds}`.
public final class DurationsFile {
  private DurationsFile() {}

  /// Read a file, keeping its order.
  ///
  /// @throws IOException with words for the user when it cannot be read or is something else
  public static Map<String, Double> read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), bytes)) {
      return read(in);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (JacksonException e) {
      throw new IOException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, Double> read(JsonParser in) throws IOException {
    Map<String, Double> durations = new LinkedHashMap<>();
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("it must be an object {\"test id\": seconds}");
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String test = in.currentName();
      JsonToken value = in.nextToken();
      boolean isNumber =
          value == JsonToken.VALUE_NUMBER_FLOAT || value == JsonToken.VALUE_NUMBER_INT;
      if (!isNumber || !(in.getDoubleValue() >= 0 && in.getDoubleValue() < 1e9)) {
        throw new IOException("the value of \"" + test + "\" must be a number of seconds");
      }
      durations.put(test, in.getDoubleValue());
    }
    return Collections.unmodifiableMap(durations);
  }
}
