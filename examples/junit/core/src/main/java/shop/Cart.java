package shop;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a customer wants to buy. */
public class Cart {
  private final Map<String, Integer> pieces = new LinkedHashMap<>();

  public void add(String name, int count) {
    if (count <= 0) {
      throw new IllegalArgumentException("no count: " + count);
    }
    pieces.merge(name, count, Integer::sum);
  }

  public int count() {
    return pieces.values().stream().mapToInt(Integer::intValue).sum();
  }
}
