/// Commands and what becomes of them.
@NullMarked
package dev.offload.api.command;

import org.jspecify.annotations.NullMarked;
