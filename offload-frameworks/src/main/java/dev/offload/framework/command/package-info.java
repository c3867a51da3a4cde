/// The adapter for any command: what it lists are tests, and its reports, lines or exit code tell
/// how they went.
@NullMarked
package dev.offload.framework.command;

import org.jspecify.annotations.NullMarked;
