package dev.offload.framework.signal;

import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/// Write JSON in ASCII only, so that any text, unpaired surrogates included, survives being placed
/// as a file.
public final class JsonText {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final StringWriter written = new StringWriter();
  private final JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), written);

  /// Begin with nothing written.
  public JsonText() {}

  /// Begin an object.
  public JsonText startObject() {
    generator.writeStartObject();
    return this;
  }

  /// End an object.
  public JsonText endObject() {
    generator.writeEndObject();
    return this;
  }

  /// Begin a list that is a member.
  public JsonText startList(String name) {
    generator.writeName(name);
    generator.writeStartArray();
    return this;
  }

  /// Begin a list within a list.
  public JsonText startList() {
    generator.writeStartArray();
    return this;
  }

  /// End a list.
  public JsonText endList() {
    generator.writeEndArray();
    return this;
  }

  /// Write a text as a member.
  public JsonText text(String name, String value) {
    generator.writeName(name);
    return text(value);
  }

  /// Write a text into a list.
  public JsonText text(String value) {
    generator.writeString(value);
    return this;
  }

  /// Write a list of texts as a member.
  public JsonText texts(String name, Iterable<String> values) {
    startList(name);
    values.forEach(this::text);
    return endList();
  }

  /// Write a whole number as a member.
  public JsonText number(String name, int value) {
    generator.writeName(name);
    return number(value);
  }

  /// Write a whole number into a list.
  public JsonText number(int value) {
    generator.writeNumber(value);
    return this;
  }

  /// Write a truth value as a member.
  public JsonText flag(String name, boolean value) {
    generator.writeName(name);
    generator.writeBoolean(value);
    return this;
  }

  /// Return what was written.
  @Override
  public String toString() {
    generator.flush();
    return written.toString();
  }
}
