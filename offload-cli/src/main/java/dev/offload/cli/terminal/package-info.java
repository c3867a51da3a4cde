/// What a person sees of a run, while it goes on and at its end.
@NullMarked
package dev.offload.cli.terminal;

import org.jspecify.annotations.NullMarked;
