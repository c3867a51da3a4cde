/// The dispatcher against virtual sandboxes in virtual time, with seeded faults.
@NullMarked
package dev.offload.engine.simulate;

import org.jspecify.annotations.NullMarked;
