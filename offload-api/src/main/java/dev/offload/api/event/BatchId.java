package dev.offload.api.event;

/// Number one batch within a run, from 1, in order of start.
///
/// @param number the one-based number
public record BatchId(int number) {
  @Override
  public String toString() {
    return "batch-" + number;
  }
}
