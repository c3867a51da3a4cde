package dev.offload.provider.shell;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hold a command of the configuration with its placeholders.
///
/// @param key the key it stands under
/// @param text the command, empty when there is none
public record CommandTemplate(String key, String text) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_]+)}");

  /// Return whether there is a command.
  public boolean isPresent() {
    return !text.isBlank();
  }

  /// Return whether the command has a placeholder.
  public boolean has(String placeholder) {
    return text.contains("{" + placeholder + "}");
  }

  /// Fill the placeholders in, all at once: what is filled in is not looked at again. Unknown ones
  /// stay as they are.
  public String fill(Map<String, String> values) {
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
