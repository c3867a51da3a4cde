package dev.offload.report.html;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// Number names that occur often.
final class Names {
  private final Map<String, Integer> places = new LinkedHashMap<>();

  int place(String name) {
    return places.computeIfAbsent(name, _ -> places.size());
  }

  void write(JsonGenerator json, String property) {
    json.writeRaw('\n');
    json.writeName(property).writeStartArray();
    places.keySet().forEach(json::writeString);
    json.writeEndArray();
  }
}
