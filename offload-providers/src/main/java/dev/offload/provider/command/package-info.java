/// Sandboxes behind the user's own shell commands: `[provider] type = "default"`.
@NullMarked
package dev.offload.provider.command;

import org.jspecify.annotations.NullMarked;
