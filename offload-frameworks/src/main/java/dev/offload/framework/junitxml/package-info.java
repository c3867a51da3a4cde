/// A reader for JUnit XML as the world writes it.
@NullMarked
package dev.offload.framework.junitxml;

import org.jspecify.annotations.NullMarked;
