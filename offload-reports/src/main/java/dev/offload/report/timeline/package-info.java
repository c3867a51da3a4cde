/// What the sandboxes did, and when: the fold behind everything that draws a run over time.
@NullMarked
package dev.offload.report.timeline;

import org.jspecify.annotations.NullMarked;
