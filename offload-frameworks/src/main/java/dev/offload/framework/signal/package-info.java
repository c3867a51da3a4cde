/// What adapters share: the JSON signals that reporters send from the sandbox, the texts of these
/// reporters, lists that are sent line by line, and the words of filters.
@NullMarked
package dev.offload.framework.signal;

import org.jspecify.annotations.NullMarked;
