/// The contract a report implements, and the fold that most reports share.
@NullMarked
package dev.offload.api.report;

import org.jspecify.annotations.NullMarked;
