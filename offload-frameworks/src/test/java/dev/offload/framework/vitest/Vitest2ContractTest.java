package dev.offload.framework.vitest;

class Vitest2ContractTest extends VitestContract {
  Vitest2ContractTest() {
    super("vitest-2");
  }

  /// From version 3 on a test can say why it skips itself.
  @Override
  protected boolean tellsSkipReasons() {
    return false;
  }
}
