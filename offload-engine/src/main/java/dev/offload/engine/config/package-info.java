/// The configuration: `offload.toml` read, checked and turned into values.
@NullMarked
package dev.offload.engine.config;

import org.jspecify.annotations.NullMarked;
