package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CheckoutTest {
  @TestFactory
  Stream<DynamicTest> everyCountFits() {
    return IntStream.rangeClosed(1, 5)
        .mapToObj(n -> dynamicTest(n + " pieces", () -> {
          Cart cart = new Cart();
          cart.add("pen", n);
          assertEquals(n, cart.count());
        }));
  }

  @Test
  @Tag("slow")
  void waitsForTheBank() throws InterruptedException {
    System.out.println("calling the bank");
    Thread.sleep(300);
  }

  /** Wrong on purpose. */
  @Test
  void givesDiscount() {
    Cart cart = new Cart();
    cart.add("pen", 10);
    assertEquals(9, cart.count(), "every tenth is free");
  }
}
