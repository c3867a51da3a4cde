package dev.offload.provider.modal;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.Settings;

/// Make the provider of `[provider] type = "modal"`.
public final class ModalProviderFactory implements ProviderFactory {
  @Override
  public String type() {
    return "modal";
  }

  @Override
  public SandboxProvider create(Settings settings, ProviderContext context) {
    return new ModalProvider(ModalSettings.read(settings, context), context);
  }
}
