package dev.offload.provider.command;

import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.ProviderFactory;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.settings.Settings;

/// Make the provider of `[provider] type = "default"`.
public final class CommandProviderFactory implements ProviderFactory {
  @Override
  public String type() {
    return "default";
  }

  @Override
  public SandboxProvider create(Settings settings, ProviderContext context) {
    BundledScripts scripts = BundledScripts.shipped();
    return new CommandProvider(CommandSettings.read(settings, context, scripts), context, scripts);
  }
}
