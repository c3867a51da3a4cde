/// Cutting a suite into shards that run apart, and putting their results together again.
@NullMarked
package dev.offload.engine.shard;

import org.jspecify.annotations.NullMarked;
