package dev.offload.provider.command;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hold a command of the configuration with its placeholders.
///
/// @param key the key it stands under
/// @param text the command, empty when there is none
record CommandTemplate(String key, String text) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_]+)}");

  boolean isPresent() {
    return !text.isBlank();
  }

  boolean has(String placeholder) {
    return text.contains("{" + placeholder + "}");
  }

  /// Fill the placeholders in, all at once: what is filled in is not looked at again. Unknown ones
  /// stay as they are.
  String fill(Map<String, String> values) {
    Matcher matcher = PLACEHOLDER.matcher(text);
    StringBuilder line = new StringBuilder();
    while (matcher.find()) {
      @Nullable String value = values.get(matcher.group(1));
      matcher.appendReplacement(
          line, Matcher.quoteReplacement(value == null ? matcher.group() : value));
    }
    return matcher.appendTail(line).toString();
  }
}
