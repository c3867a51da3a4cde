package dev.offload.framework.pytest;

class Pytest7ContractTest extends PytestContract {
  Pytest7ContractTest() {
    super("pytest-7");
  }
}
