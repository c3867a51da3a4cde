/// CTRF JSON: the results in the Common Test Report Format.
@NullMarked
package dev.offload.report.ctrf;

import org.jspecify.annotations.NullMarked;
