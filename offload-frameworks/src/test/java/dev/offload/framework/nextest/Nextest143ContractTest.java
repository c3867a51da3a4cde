package dev.offload.framework.nextest;

class Nextest143ContractTest extends NextestContract {
  Nextest143ContractTest() {
    super("0.9.143");
  }
}
