package dev.offload.framework.nextest;

class Nextest148ContractTest extends NextestContract {
  Nextest148ContractTest() {
    super("0.9.148");
  }
}
