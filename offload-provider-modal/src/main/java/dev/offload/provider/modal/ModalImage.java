package dev.offload.provider.modal;

import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.image.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Describe the image: what it is made from, for the bridge and as a text that changes when that
/// does.
///
/// @param settings what the user wants
/// @param project the folder that is the context of the Dockerfile
record ModalImage(ModalSettings settings, Path project) {
  private static final Pattern COPIES = Pattern.compile("(?im)^\\s*(?:copy|add)\\s");

  /// Return a text that changes when anything does that the image is made from.
  String key() throws SandboxException.Fatal {
    try {
      StringBuilder key = new StringBuilder("modal\n").append(settings.environment()).append('\n');
      if (settings.dockerfile().isPresent()) {
        String text = Files.readString(settings.dockerfile().get());
        key.append(text).append('\n');
        if (COPIES.matcher(text).find()) {
          key.append(ImageFolder.context(project).fingerprint()).append('\n');
        }
      }
      for (ModalSettings.Folder folder : settings.folders()) {
        key.append(folder.remote()).append(' ');
        key.append(ImageFolder.copied(folder.local()).fingerprint()).append('\n');
      }
      return key.append(settings.initCommand()).toString();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Return what the bridge builds it from.
  ///
  /// @param force whether nothing that was built earlier may be used
  Map<String, Object> request(boolean force) throws SandboxException.Fatal {
    try {
      Map<String, Object> request = new HashMap<>();
      request.put("dockerfile", settings.dockerfile().map(Path::toString).orElse(""));
      request.put(
          "context",
          settings.dockerfile().isPresent()
              ? Map.of("local", project.toString(), "files", ImageFolder.context(project).files())
              : Map.of("local", project.toString()));
      List<Object> folders = new ArrayList<>();
      for (ModalSettings.Folder folder : settings.folders()) {
        folders.add(
            Map.of(
                "local", folder.local().toString(),
                "remote", folder.remote(),
                "files", ImageFolder.copied(folder.local()).files()));
      }
      request.put("folders", folders);
      request.put("init", settings.initCommand());
      request.put("force", force);
      return request;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static SandboxException.Fatal unreadable(IOException e) {
    return new SandboxException.Fatal("what the image is made from cannot be read: " + e, e);
  }
}
