package dev.offload.framework.pytest;

class Pytest9ContractTest extends PytestContract {
  Pytest9ContractTest() {
    super("pytest-9");
  }
}
