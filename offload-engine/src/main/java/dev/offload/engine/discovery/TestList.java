package dev.offload.engine.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Read a list of test ids: a line for each, or a JSON list of ids or of objects with an `id`, as
/// `offload collect -f json` writes it.
///
/// In lines, blanks around an id do not count, and neither do empty lines and those that begin with
/// `#`.
public final class TestList {
  private TestList() {}

  /// Read a list to its end.
  ///
  /// @throws IOException when it cannot be read, or is no such list; the message is fit for the
  ///   user
  public static List<String> read(InputStream in) throws IOException {
    String text = decode(in.readAllBytes());
    return text.stripLeading().startsWith("[") ? json(text) : lines(text);
  }

  private static String decode(byte[] bytes) throws IOException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8", e);
    }
  }

  private static List<String> lines(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static List<String> json(String text) throws IOException {
    List<String> ids = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      in.nextToken();
      for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
        switch (token) {
          case VALUE_STRING -> ids.add(in.getString());
          case START_OBJECT -> ids.add(id(in));
          case null, default ->
              throw new IOException(
                  "its item " + (ids.size() + 1) + " is neither an id nor an object");
        }
      }
    } catch (JacksonException e) {
      throw new IOException(
          "it begins with `[` and is no JSON list: line " + line(e) + ": " + e.getOriginalMessage(),
          e);
    }
    if (ids.stream().anyMatch(String::isEmpty)) {
      throw new IOException("one of its ids is empty");
    }
    return ids;
  }

  private static int line(JacksonException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }

  private static String id(JsonParser in) throws IOException {
    String id = "";
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      if (in.nextToken() == JsonToken.VALUE_STRING && name.equals("id")) {
        id = in.getString();
      } else {
        in.skipChildren();
      }
    }
    if (id.isEmpty()) {
      throw new IOException("one of its objects has no `id`");
    }
    return id;
  }
}
