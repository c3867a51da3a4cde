package dev.offload.provider.modal;

/// Modal's sandboxes of version 1.
class ModalV1SandboxContractTest extends ModalSandboxContract {
  ModalV1SandboxContractTest() {
    super(1);
  }
}
