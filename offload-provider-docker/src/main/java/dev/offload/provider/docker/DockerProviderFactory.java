package dev.offload.provider.docker;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.Settings;

/// Make the provider of `[provider] type = "docker"`.
public final class DockerProviderFactory implements ProviderFactory {
  @Override
  public String type() {
    return "docker";
  }

  @Override
  public SandboxProvider create(Settings settings, ProviderContext context) {
    return new DockerProvider(DockerSettings.read(settings, context));
  }
}
