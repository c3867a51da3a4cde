package dev.offload.framework.vitest;

class Vitest4ContractTest extends VitestContract {
  Vitest4ContractTest() {
    super("vitest-4");
  }
}
