/// The words of a test run: tests, attempts, outcomes, verdicts.
@NullMarked
package dev.offload.api.test;

import org.jspecify.annotations.NullMarked;
