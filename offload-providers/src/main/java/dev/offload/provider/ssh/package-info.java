/// Sandboxes on other machines, reached with the system's `ssh`: `[provider] type = "ssh"`.
@NullMarked
package dev.offload.provider.ssh;

import org.jspecify.annotations.NullMarked;
