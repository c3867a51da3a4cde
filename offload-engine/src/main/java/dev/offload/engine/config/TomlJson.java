package dev.offload.engine.config;

import java.io.StringWriter;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Write a TOML value as JSON. Dates, times, and numbers that JSON does not have become strings.
final class TomlJson {
  private static final JsonFactory JSON = new JsonFactory();

  private TomlJson() {}

  static String write(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      write(value, out);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator out) {
    switch (value) {
      case Long number -> out.writeNumber(number);
      case Double number -> out.writeNumber(number);
      case Boolean truth -> out.writeBoolean(truth);
      case TomlArray array -> {
        out.writeStartArray();
        array.toList().forEach(element -> write(element, out));
        out.writeEndArray();
      }
      case TomlTable table -> {
        out.writeStartObject();
        table
            .entrySet()
            .forEach(entry -> {
              out.writeName(entry.getKey());
              write(entry.getValue(), out);
            });
        out.writeEndObject();
      }
      default -> out.writeString(value.toString());
    }
  }
}
