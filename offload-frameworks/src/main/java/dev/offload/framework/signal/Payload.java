package dev.offload.framework.signal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Hold the JSON object of one frame, and answer for what is missing or of another type with
/// something empty: what comes out of a sandbox is never trusted.
///
/// @param members texts, numbers, truth values, lists and maps by name; JSON's `null` is left out
public record Payload(Map<String, Object> members) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int DEEPEST = 20;

  /// Read the text of one frame.
  ///
  /// @throws IllegalArgumentException when it is not one JSON object
  public static Payload parse(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        Payload payload = new Payload(object(parser, 0));
        if (parser.nextToken() == null) {
          return payload;
        }
      }
      throw new IllegalArgumentException("not one JSON object");
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  /// Return whether there is such a member.
  public boolean has(String name) {
    return members.containsKey(name);
  }

  /// Return a text, or the empty text.
  public String text(String name) {
    return members.get(name) instanceof String text ? text : "";
  }

  /// Return a whole number, or `fallback`.
  public int integer(String name, int fallback) {
    return members.get(name) instanceof Number number ? number.intValue() : fallback;
  }

  /// Return a finite number that is not negative, or 0.
  public double amount(String name) {
    double amount = members.get(name) instanceof Number number ? number.doubleValue() : 0;
    return amount >= 0 && Double.isFinite(amount) ? amount : 0;
  }

  /// Return a list, or an empty one.
  public List<?> list(String name) {
    return members.get(name) instanceof List<?> list ? list : List.of();
  }

  /// Return the texts of a list, without what is not a text.
  public List<String> texts(String name) {
    return list(name).stream().filter(String.class::isInstance).map(String.class::cast).toList();
  }

  /// Return an object, or an empty one.
  public Payload object(String name) {
    Map<String, Object> found = new LinkedHashMap<>();
    if (members.get(name) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> found.put((String) key, value));
    }
    return new Payload(found);
  }

  private static Map<String, Object> object(JsonParser parser, int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      Object value = value(parser, parser.nextToken(), depth);
      if (value != null) {
        object.put(name, value);
      }
    }
    return object;
  }

  private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("nested too deeply");
    }
    return switch (token) {
      case START_OBJECT -> object(parser, depth + 1);
      case START_ARRAY -> list(parser, depth + 1);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> null;
    };
  }

  private static List<Object> list(JsonParser parser, int depth) {
    List<Object> list = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      Object value = value(parser, token, depth);
      if (value != null) {
        list.add(value);
      }
    }
    return list;
  }
}
