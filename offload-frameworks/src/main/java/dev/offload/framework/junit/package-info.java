/// The adapter for the JUnit Platform: JUnit 5 and 6, JUnit 4 through Vintage, and other engines.
@NullMarked
package dev.offload.framework.junit;

import org.jspecify.annotations.NullMarked;
