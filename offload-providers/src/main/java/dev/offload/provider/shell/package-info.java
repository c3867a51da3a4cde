/// A sandbox behind a command of this machine that runs a line of shell in it: what is marked, read
/// and carried through such a command.
@NullMarked
package dev.offload.provider.shell;

import org.jspecify.annotations.NullMarked;
