/// The images that sandboxes are started from: made once, and used again while they are as good as
/// new.
@NullMarked
package dev.offload.engine.image;

import org.jspecify.annotations.NullMarked;
