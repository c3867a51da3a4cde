/// `summary.json`: the whole run for programs.
@NullMarked
package dev.offload.report.summary;

import org.jspecify.annotations.NullMarked;
