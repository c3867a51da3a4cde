/// What tests of Offload and of its plug-ins are made with: contracts, scripted faults, real tools.
@NullMarked
package dev.offload.testkit;

import org.jspecify.annotations.NullMarked;
