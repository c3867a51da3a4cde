/// `report.html`: the whole run for people, in one file.
@NullMarked
package dev.offload.report.html;

import org.jspecify.annotations.NullMarked;
