package dev.offload.api.framework;

/// Describe a small file to put where a command will run.
///
/// @param name its name, relative to the private folder of the command; `/` separates folders
/// @param content its text
public record PlacedFile(String name, String content) {}
