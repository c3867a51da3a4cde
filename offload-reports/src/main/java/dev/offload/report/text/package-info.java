/// Texts of tests, cut to what a report can hold.
@NullMarked
package dev.offload.report.text;

import org.jspecify.annotations.NullMarked;
