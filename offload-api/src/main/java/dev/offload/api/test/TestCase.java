package dev.offload.api.test;

/// Describe one discovered test.
///
/// @param id its name
/// @param group the group of the configuration it belongs to
/// @param file the source file as the framework names it, relative to the project root, or empty
///   when unknown; tests of one file are neighbours: they share start-up cost and fixtures
/// @param line the one-based line in that file, or 0 when unknown
/// @param selector what the framework needs to select exactly this test; opaque to everybody else
public record TestCase(TestId id, String group, String file, int line, String selector) {}
