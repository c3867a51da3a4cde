/// The command line: one class per command, each thin.
@NullMarked
package dev.offload.cli;

import org.jspecify.annotations.NullMarked;
