package dev.offload.engine.event;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Give typed access to the fields of one JSON object. Every complaint is an
/// [IllegalArgumentException] fit for the user.
final class JsonFields {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(EventJournalReader.MAX_LINE)
                  .maxNestingDepth(20)
                  .build())
          .build();

  private final Map<String, Object> fields;

  private JsonFields(Map<String, Object> fields) {
    this.fields = fields;
  }

  static JsonFields parse(String text) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), text)) {
      return parse(in);
    } catch (JacksonException e) {
      throw notJson(e);
    }
  }

  static JsonFields parse(byte[] utf8, int length) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), utf8, 0, length)) {
      return parse(in);
    } catch (JacksonException e) {
      throw notJson(e);
    }
  }

  private static JsonFields parse(JsonParser in) {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("not a JSON object");
    }
    JsonFields object = object(in);
    if (in.nextToken() != null) {
      throw new IllegalArgumentException("text after the JSON object");
    }
    return object;
  }

  private static IllegalArgumentException notJson(JacksonException e) {
    return new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
  }

  private static JsonFields object(JsonParser in) {
    Map<String, Object> fields = HashMap.newHashMap(12);
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      in.nextToken();
      Object value = value(in);
      if (value != null) {
        fields.put(name, value);
      }
    }
    return new JsonFields(fields);
  }

  private static @Nullable Object value(JsonParser in) {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          Object item = value(in);
          if (item != null) {
            items.add(item);
          }
        }
        yield items;
      }
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalArgumentException("not JSON");
    };
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  String text(String name) {
    return required(name, String.class);
  }

  String text(String name, String absent) {
    return has(name) ? text(name) : absent;
  }

  boolean bool(String name) {
    return required(name, Boolean.class);
  }

  int integer(String name) {
    return (int) number(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  int integer(String name, int absent) {
    return has(name) ? integer(name) : absent;
  }

  OptionalInt optionalInteger(String name) {
    return has(name) ? OptionalInt.of(integer(name)) : OptionalInt.empty();
  }

  long number(String name, long least, long most) {
    BigDecimal number = required(name, BigDecimal.class);
    try {
      long value = number.longValueExact();
      if (value >= least && value <= most) {
        return value;
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("`" + name + "` is not a whole number", e);
    }
    throw new IllegalArgumentException("`" + name + "` is out of range");
  }

  Duration seconds(String name) {
    return duration(name, required(name, BigDecimal.class));
  }

  List<Duration> allSeconds(String name) {
    return items(name, BigDecimal.class).stream().map(seconds -> duration(name, seconds)).toList();
  }

  private static Duration duration(String name, BigDecimal seconds) {
    if (seconds.scale() < -20 || seconds.precision() > 40) {
      throw new IllegalArgumentException("`" + name + "` is not a number of seconds");
    }
    long whole = seconds.longValue();
    int nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).intValue();
    return Duration.ofSeconds(whole, nanos);
  }

  <E extends Enum<E>> E word(String name, Class<E> type) {
    String word = text(name);
    try {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("`" + name + "` has the unknown value " + word, e);
    }
  }

  List<String> texts(String name) {
    return items(name, String.class);
  }

  List<JsonFields> objects(String name) {
    return items(name, JsonFields.class);
  }

  private <T> List<T> items(String name, Class<T> type) {
    List<T> items = new ArrayList<>();
    for (Object item : required(name, List.class)) {
      if (!type.isInstance(item)) {
        throw new IllegalArgumentException("`" + name + "` has an item of the wrong type");
      }
      items.add(type.cast(item));
    }
    return items;
  }

  private <T> T required(String name, Class<T> type) {
    Object value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("`" + name + "` is missing");
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException("`" + name + "` has the wrong type");
    }
    return type.cast(value);
  }
}
