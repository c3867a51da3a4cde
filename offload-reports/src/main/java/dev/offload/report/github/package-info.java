/// What GitHub Actions shows of a run: annotations, grouped logs, the summary of the step.
@NullMarked
package dev.offload.report.github;

import org.jspecify.annotations.NullMarked;
