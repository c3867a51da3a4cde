/// What runs a project's JUnit tests in the sandbox and tells Offload about them.
///
/// This is the only part of Offload that runs in a process of the project: in its Java, which may
/// be as old as Java 8, and with its JUnit Platform. So it needs nothing but these, and uses only
/// what JUnit Platform 1.4 has and 6 still has. Classes are placed in the sandbox by the adapter,
/// `dev.offload.framework.junit`, which lists them.
///
/// Not marked for null checks: the mark itself does not compile for Java 8 without a warning.
package dev.offload.junitrunner;
