/// The contract a sandbox provider implements.
@NullMarked
package dev.offload.api.sandbox;

import org.jspecify.annotations.NullMarked;
