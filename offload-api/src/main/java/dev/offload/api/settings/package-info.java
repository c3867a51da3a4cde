/// Typed, position-aware access to a plug-in's table of the configuration.
@NullMarked
package dev.offload.api.settings;

import org.jspecify.annotations.NullMarked;
