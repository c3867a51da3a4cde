package dev.offload.framework.vitest;

class Vitest3ContractTest extends VitestContract {
  Vitest3ContractTest() {
    super("vitest-3");
  }
}
