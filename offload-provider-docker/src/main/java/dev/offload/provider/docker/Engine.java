package dev.offload.provider.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.offload.api.sandbox.SandboxException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Hold the client of one Docker engine, and sort its failures by what the caller must do.
final class Engine implements AutoCloseable {
  /// Every sandbox has a stream or two open; more than this many at once is no use on one engine.
  private static final int CONNECTIONS = 2_000;

  private final DockerClient client;
  private final URI host;

  private Engine(DockerClient client, URI host) {
    this.client = client;
    this.host = host;
  }

  /// Make the client; nothing is sent.
  ///
  /// @param named the address, or empty for `DOCKER_HOST` or the current context
  static Engine at(String named) throws SandboxException.Fatal {
    try {
      DefaultDockerClientConfig.Builder builder =
          DefaultDockerClientConfig.createDefaultConfigBuilder();
      if (!named.isEmpty()) {
        builder.withDockerHost(named);
      }
      DefaultDockerClientConfig config = builder.build();
      ZerodepDockerHttpClient http =
          new ZerodepDockerHttpClient.Builder()
              .dockerHost(config.getDockerHost())
              .sslConfig(config.getSSLConfig())
              .maxConnections(CONNECTIONS)
              .connectionTimeout(Duration.ofSeconds(10))
              .build();
      return new Engine(DockerClientImpl.getInstance(config, http), config.getDockerHost());
    } catch (RuntimeException e) {
      throw new SandboxException.Fatal(
          "the Docker engine's address, of [provider] host, DOCKER_HOST or the docker context, cannot be used: %s. It must be unix:///PATH or tcp://HOST:PORT."
              .formatted(e.getMessage()),
          e);
    }
  }

  DockerClient client() {
    return client;
  }

  /// Check that the engine answers.
  void check() throws SandboxException.Fatal {
    try {
      client.pingCmd().exec();
    } catch (RuntimeException e) {
      throw new SandboxException.Fatal(unreachable(e), e);
    }
  }

  /// Return whether the engine answers now.
  boolean answers() {
    try {
      client.pingCmd().exec();
      return true;
    } catch (RuntimeException _) {
      return false;
    }
  }

  private String unreachable(RuntimeException e) {
    String reason = reason(e);
    String advice =
        reason.contains("Permission denied")
            ? "You may not use it: join the group 'docker', or use a rootless engine."
            : "Start it, or say where it is with [provider] host or DOCKER_HOST.";
    return "no Docker engine answers at " + host + " (" + reason + "). " + advice;
  }

  private static String reason(Throwable e) {
    Throwable deepest = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      deepest = cause;
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  /// Return what an engine said, without the frame around it.
  static String words(DockerException e) {
    String message = String.valueOf(e.getMessage()).strip();
    int at = message.indexOf("{\"message\":\"");
    return at < 0
        ? message
        : message.substring(at + 12).replaceFirst("\"}\\s*$", "").replace("\\\"", "\"");
  }

  /// Do something with the engine and sort its failure.
  ///
  /// @throws Gone when the container is not there or does not run
  /// @throws SandboxException.Fatal when the engine finds a mistake in what it is asked
  <T> T call(Call<T> call) throws Gone, SandboxException {
    try {
      return call.run();
    } catch (NotFoundException | ConflictException e) {
      throw new Gone(words(e), e);
    } catch (BadRequestException e) {
      throw new SandboxException.Fatal(words(e), e);
    } catch (DockerException e) {
      throw new SandboxException.Transient(words(e), e);
    } catch (RuntimeException e) {
      if (isConnection(e)) {
        throw new SandboxException.Transient("the Docker engine did not answer: " + reason(e), e);
      }
      throw e;
    }
  }

  private static boolean isConnection(Throwable e) {
    return e instanceof IOException
        || Optional.ofNullable(e.getCause()).filter(Engine::isConnection).isPresent();
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      System.getLogger(Engine.class.getName())
          .log(System.Logger.Level.DEBUG, "the client did not close", e);
    }
  }

  /// Call the engine.
  interface Call<T> {
    T run();
  }

  /// Report that a container is not there, or does not run.
  static final class Gone extends Exception {
    private static final long serialVersionUID = 1;

    Gone(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
