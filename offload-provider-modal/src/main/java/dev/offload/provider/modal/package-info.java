/// Sandboxes of Modal: `[provider] type = "modal"`, through the official SDK in one Python process.
@NullMarked
package dev.offload.provider.modal;

import org.jspecify.annotations.NullMarked;
