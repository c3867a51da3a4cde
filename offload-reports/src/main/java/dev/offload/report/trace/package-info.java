/// `trace.json`: the whole run for trace viewers.
@NullMarked
package dev.offload.report.trace;

import org.jspecify.annotations.NullMarked;
