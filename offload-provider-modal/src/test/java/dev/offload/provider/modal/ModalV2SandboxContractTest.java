package dev.offload.provider.modal;

/// Modal's sandboxes of version 2.
class ModalV2SandboxContractTest extends ModalSandboxContract {
  ModalV2SandboxContractTest() {
    super(2);
  }
}
