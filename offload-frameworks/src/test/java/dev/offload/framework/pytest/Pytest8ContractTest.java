package dev.offload.framework.pytest;

class Pytest8ContractTest extends PytestContract {
  Pytest8ContractTest() {
    super("pytest-8");
  }
}
