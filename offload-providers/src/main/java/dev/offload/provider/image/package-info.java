/// What images are made from, for every provider that has images.
@NullMarked
package dev.offload.provider.image;

import org.jspecify.annotations.NullMarked;
