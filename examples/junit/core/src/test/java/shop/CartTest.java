package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CartTest {
  private final Cart cart = new Cart();

  @Test
  void isEmptyAtFirst() {
    assertEquals(0, cart.count());
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @CsvSource({"1, 2, 3", "4, 5, 9", "1000, 1, 1001"})
  void countsAll(int first, int second, int sum) {
    cart.add("pen", first);
    cart.add("ink", second);
    assertEquals(sum, cart.count());
  }

  @Test
  @Disabled("taking things out comes later")
  void takesOut() {}

  @Nested
  class WithOnePen {
    @BeforeEach
    void add() {
      cart.add("pen", 1);
    }

    @Test
    void takesAnother() {
      cart.add("pen", 1);
      assertEquals(2, cart.count());
    }

    @Test
    void refusesNone() {
      assertThrows(IllegalArgumentException.class, () -> cart.add("pen", 0));
    }
  }
}
