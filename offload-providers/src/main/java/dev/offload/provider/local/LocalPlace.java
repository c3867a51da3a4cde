package dev.offload.provider.local;

import java.nio.file.Path;

/// Say where and with what local sandboxes run.
///
/// @param directory the absolute shared working directory
/// @param shell the program that stands for `sh`
record LocalPlace(Path directory, String shell) {}
