package dev.offload.provider.ssh;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.Settings;

/// Make the provider of `[provider] type = "ssh"`.
public final class SshProviderFactory implements ProviderFactory {
  @Override
  public String type() {
    return "ssh";
  }

  @Override
  public SandboxProvider create(Settings settings, ProviderContext context) {
    return new SshProvider(SshSettings.read(settings, context), context);
  }
}
