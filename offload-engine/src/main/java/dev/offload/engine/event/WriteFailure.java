package dev.offload.engine.event;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Word for the user why something could not be written.
public final class WriteFailure {
  private WriteFailure() {}

  /// Return the reason, with the file where it is known; for a bug the whole of what is known.
  public static String inWords(Throwable failure) {
    return switch (failure) {
      case NoSuchFileException e -> e.getFile() + ": there is no such folder";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileAlreadyExistsException e -> e.getFile() + ": something else is in its place";
      case NotDirectoryException e -> e.getFile() + ": it is no folder";
      case FileSystemException e when e.getFile() != null && e.getReason() != null ->
          e.getFile() + ": " + e.getReason();
      case IOException e when e.getMessage() != null -> e.getMessage();
      case JournalException e when e.getMessage() != null -> e.getMessage();
      // What writes JSON wraps what went wrong with the file.
      case RuntimeException e when e.getCause() instanceof IOException cause -> inWords(cause);
      default -> failure.toString();
    };
  }
}
