/// Files that are there whole or not at all.
@NullMarked
package dev.offload.report.file;

import org.jspecify.annotations.NullMarked;
