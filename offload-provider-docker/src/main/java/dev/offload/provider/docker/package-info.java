/// Sandboxes that are containers of a Docker engine: `[provider] type = "docker"`. The engine is
/// spoken to through its API; no `docker` command is needed. Only this package knows the client.
@NullMarked
package dev.offload.provider.docker;

import org.jspecify.annotations.NullMarked;
