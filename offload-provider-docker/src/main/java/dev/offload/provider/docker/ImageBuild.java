package dev.offload.provider.docker;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.provider.image.ImageFolder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Make images on the engine. The engine itself keeps the layers of unchanged inputs, so that a
/// build of what was built before is a matter of seconds.
final class ImageBuild {
  private static final int KEPT_LINES = 30;

  private final Engine engine;
  private final ProgressSink progress;

  ImageBuild(Engine engine, ProgressSink progress) {
    this.engine = engine;
    this.progress = progress;
  }

  /// Make the image that the settings describe.
  ///
  /// @param useCache whether layers that were made before may be used
  /// @return its id
  String make(DockerSettings settings, boolean useCache)
      throws SandboxException, InterruptedException {
    String base =
        switch (settings.source()) {
          case DockerSettings.Source.Named named -> find(named, settings.container().platform());
          case DockerSettings.Source.Built built -> build(built, settings, useCache);
        };
    return addsLayers(settings) ? complete(base, settings, useCache) : base;
  }

  private static boolean addsLayers(DockerSettings settings) {
    return !settings.copies().isEmpty() || !settings.initCommand().isBlank();
  }

  /// Return a text that names everything the layers on top of an image of the engine are made from.
  ///
  /// Empty where there are none, where the image is fetched at each run, and for a Dockerfile:
  /// which images its FROM lines stand for is known to the engine only, which looks its layers up
  /// anyway.
  Optional<String> key(DockerSettings settings) throws SandboxException {
    if (!(settings.source() instanceof DockerSettings.Source.Named named)
        || named.pull() == DockerSettings.Pull.ALWAYS
        || !addsLayers(settings)) {
      return Optional.empty();
    }
    @Nullable String base = idOf(named.image());
    if (base == null) {
      return Optional.empty();
    }
    StringBuilder key = new StringBuilder(base).append('\n').append(settings.root()).append('\n');
    for (DockerSettings.Copy copy : settings.copies()) {
      try {
        key.append(copied(copy.local()).fingerprint()).append(' ').append(copy.remote());
      } catch (IOException e) {
        throw new SandboxException.Fatal("'" + copy.local() + "' cannot be read: " + e, e);
      }
      key.append('\n');
    }
    key.append(settings.container().user()).append('\n');
    return Optional.of(key.append(settings.initCommand()).toString());
  }

  private String find(DockerSettings.Source.Named named, String platform)
      throws SandboxException, InterruptedException {
    boolean pull = named.pull() == DockerSettings.Pull.ALWAYS;
    if (!pull) {
      @Nullable String known = idOf(named.image());
      if (known != null) {
        return known;
      }
      if (named.pull() == DockerSettings.Pull.NEVER) {
        throw new SandboxException.Fatal(
            "the engine has no image '" + named.image() + "', and pull = \"never\"", null);
      }
    }
    pull(named.image(), platform);
    @Nullable String id = idOf(named.image());
    if (id == null) {
      throw new SandboxException.Fatal("the image '" + named.image() + "' is not there", null);
    }
    return id;
  }

  private @Nullable String idOf(String image) throws SandboxException {
    try {
      return engine.client().inspectImageCmd(image).exec().getId();
    } catch (NotFoundException _) {
      return null;
    } catch (DockerException e) {
      throw new SandboxException.Fatal("image '" + image + "': " + Engine.words(e), e);
    }
  }

  private void pull(String image, String platform) throws SandboxException, InterruptedException {
    progress.line("pulling " + image);
    try {
      var command = engine.client().pullImageCmd(image);
      if (!image.contains("@") && image.lastIndexOf(':') <= image.lastIndexOf('/')) {
        command.withTag("latest");
      }
      if (!platform.isEmpty()) {
        command.withPlatform(platform);
      }
      command
          .exec(
              new com.github.dockerjava.api.command.PullImageResultCallback() {
                @Override
                public void onNext(PullResponseItem item) {
                  super.onNext(item);
                  String status = item.getStatus();
                  if (item.getProgressDetail() == null && status != null) {
                    progress.line(status);
                  }
                }
              })
          .awaitCompletion();
    } catch (RuntimeException e) {
      throw new SandboxException.Fatal(
          "the image '" + image + "' could not be pulled: " + said(e), e);
    }
  }

  private static String said(RuntimeException e) {
    return e instanceof DockerException docker
        ? Engine.words(docker)
        : String.valueOf(e.getMessage());
  }

  private String build(DockerSettings.Source.Built built, DockerSettings settings, boolean useCache)
      throws SandboxException, InterruptedException {
    try {
      String text = Files.readString(built.dockerfile());
      return send(
          new ContextTar(text).withFolder(ImageFolder.context(built.context()), ""),
          settings,
          built.arguments(),
          built.target(),
          useCache,
          built.dockerfile().toString());
    } catch (IOException e) {
      throw new SandboxException.Fatal("'" + built.dockerfile() + "' cannot be read: " + e, e);
    }
  }

  /// Add the project and the result of the init command as layers of their own.
  private String complete(String base, DockerSettings settings, boolean useCache)
      throws SandboxException, InterruptedException {
    StringBuilder text = new StringBuilder("FROM " + base + "\n");
    ContextTar context = new ContextTar("");
    String owner = owner(base, settings);
    int number = 0;
    for (DockerSettings.Copy copy : settings.copies()) {
      String folder = "copy-" + number++;
      context = context.withFolder(copied(copy.local()), folder);
      text.append("COPY ")
          .append(owner.isEmpty() ? "" : "--chown=" + owner + " ")
          .append("[\"")
          .append(folder)
          .append("\", ")
          .append(json(copy.remote()))
          .append("]\n");
    }
    if (!settings.root().isEmpty()) {
      text.append("WORKDIR ").append(settings.root()).append('\n');
    }
    if (!settings.initCommand().isBlank()) {
      text.append("RUN [\"sh\", \"-c\", ").append(json(settings.initCommand())).append("]\n");
    }
    return send(
        context.withDockerfile(text.toString()),
        settings,
        Map.of(),
        "",
        useCache,
        "the project's layers");
  }

  /// Return who runs in the containers, if it is not `root`: the project is to be his, as it is on
  /// this machine, so that tests can write where they do here.
  private String owner(String base, DockerSettings settings) throws SandboxException {
    String user = settings.container().user();
    if (user.isEmpty()) {
      try {
        user =
            engine.call(() -> {
              ContainerConfig config = engine.client().inspectImageCmd(base).exec().getConfig();
              return config == null ? "" : Objects.requireNonNullElse(config.getUser(), "");
            });
      } catch (Engine.Gone e) {
        throw new SandboxException.Transient(String.valueOf(e.getMessage()), e);
      }
    }
    return user.matches("(root|0)(:.*)?") ? "" : user;
  }

  private static ImageFolder copied(Path folder) throws SandboxException.Fatal {
    try {
      return ImageFolder.copied(folder);
    } catch (IOException e) {
      throw new SandboxException.Fatal("'" + folder + "' cannot be read: " + e, e);
    }
  }

  private static String json(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }

  private String send(
      ContextTar context,
      DockerSettings settings,
      Map<String, String> arguments,
      String target,
      boolean useCache,
      String what)
      throws SandboxException, InterruptedException {
    Lines lines = new Lines();
    try {
      Path tar = Files.createTempFile("offload-context-", ".tar");
      try {
        context.writeTo(tar);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
          BuildImageCmd command =
              engine
                  .client()
                  .buildImageCmd(in)
                  .withDockerfilePath(ContextTar.DOCKERFILE)
                  .withNoCache(!useCache)
                  .withRemove(true)
                  .withForcerm(true)
                  .withLabels(Map.of(Labels.OWNED, "image"));
          arguments.forEach(command::withBuildArg);
          if (!target.isEmpty()) {
            command.withTarget(target);
          }
          if (!settings.container().platform().isEmpty()) {
            command.withPlatform(settings.container().platform());
          }
          Result result = new Result(lines);
          try (Result running = command.exec(result)) {
            return running.awaitCompletion().awaitImageId();
          }
        }
      } finally {
        Files.deleteIfExists(tar);
      }
    } catch (IOException e) {
      throw new SandboxException.Fatal("the build of " + what + " could not be sent: " + e, e);
    } catch (RuntimeException e) {
      throw new SandboxException.Fatal(
          "the build of %s failed: %s%s\n%s"
              .formatted(what, said(e), advice(said(e), context.dockerfile()), lines.last()),
          e);
    }
  }

  /// Nobody can turn BuildKit on here, which is what engines advise.
  private static String advice(String words, String dockerfile) {
    boolean wanted =
        words.contains("BuildKit") || (words.contains("parse error") && dockerfile.contains("<<"));
    return wanted
        ? ". Offload uses the engine's own builder, which knows nothing of BuildKit's syntax: build the image with 'docker build' and name it as image"
        : "";
  }

  /// Pass lines on as progress and keep the last ones.
  private final class Lines {
    private final Deque<String> kept = new ArrayDeque<>();

    synchronized void take(String text) {
      for (String line : text.split("\n")) {
        if (!line.isBlank()) {
          progress.line(line.strip());
          kept.addLast(line.strip());
          if (kept.size() > KEPT_LINES) {
            kept.removeFirst();
          }
        }
      }
    }

    synchronized String last() {
      return String.join("\n", kept);
    }
  }

  private static final class Result extends BuildImageResultCallback {
    private final Lines lines;

    Result(Lines lines) {
      this.lines = lines;
    }

    @Override
    public void onNext(BuildResponseItem item) {
      super.onNext(item);
      String stream = item.getStream();
      if (stream != null) {
        lines.take(stream);
      }
    }
  }
}
