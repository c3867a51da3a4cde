package dev.offload.api.framework;

/// Describe how a batch runs in a warm process, one that goes on to further batches; see
/// [WarmProtocol].
///
/// @param start what starts such a process, without anything that only this batch needs. A process
///   that runs already takes the batch if what started it equals this. Result files are not asked
///   for.
/// @param order what the process has to read to run this batch; no line of it is [WarmProtocol#END]
///   or [WarmProtocol#STOP]
public record WarmStep(Step start, String order) {}
