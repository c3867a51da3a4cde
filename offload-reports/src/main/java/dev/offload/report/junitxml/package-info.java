/// `junit.xml`: one test case for every test, in the dialect of Surefire.
@NullMarked
package dev.offload.report.junitxml;

import org.jspecify.annotations.NullMarked;
