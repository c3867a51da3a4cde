package dev.offload.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Run the stand-in for Modal (`fake_modal.py`) and give it orders.
///
/// It serves the real SDK on loopback and runs sandboxes as folders and processes of this machine.
public final class FakeModal implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("\"url\": \"([^\"]+)\"");
  private static final Pattern SANDBOX = Pattern.compile("\"(sb-[A-Za-z0-9]+)\"");
  private static final Pattern CALL = Pattern.compile("\\[([0-9.]+), \"(\\w+)\"");

  private final Process process;
  private final BufferedReader answers;
  private final OutputStream orders;
  private final String url;

  private FakeModal(Process process, BufferedReader answers, String url) {
    this.process = process;
    this.answers = answers;
    this.orders = process.getOutputStream();
    this.url = url;
  }

  /// Start it.
  ///
  /// @param root the root of the source tree, which holds the script
  /// @param options its options
  public static FakeModal start(Path root, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(python());
    command.add(
        root.resolve("offload-provider-modal/src/test/fake-modal/fake_modal.py").toString());
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new FakeModal(process, answers, first(URL, answers.readLine()));
  }

  /// Return a Python that has the SDK, and pytest.
  public static String python() {
    return TestTools.require("modal/bin/python").toString();
  }

  /// Return the address.
  public String url() {
    return url;
  }

  /// Return the `sdk` setting with which the provider talks to this server.
  ///
  /// @param version of Modal's sandboxes, 1 or 2
  public String sdk(int version) {
    return "env MODAL_SERVER_URL=%s MODAL_TOKEN_ID=ak-1 MODAL_TOKEN_SECRET=as-1 MODAL_CONFIG_PATH=/none MODAL_SANDBOX_V2=%d %s"
        .formatted(url, version - 1, python());
  }

  /// Give an order, one JSON object, and return the answer as JSON.
  public synchronized String order(String json) throws IOException {
    orders.write((json.replace("\n", " ") + "\n").getBytes(StandardCharsets.UTF_8));
    orders.flush();
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("{\"answer\": ")) {
      throw new AssertionError("the order " + json + " was answered with " + answer);
    }
    return answer.substring(11, answer.length() - 1);
  }

  /// Return the ids of the living sandboxes, oldest first.
  public List<String> sandboxes() throws IOException {
    return SANDBOX
        .matcher(order("{\"do\": \"sandboxes\"}"))
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  /// End a sandbox as the service would.
  ///
  /// @param status Modal's `GenericResult` status
  /// @return when the service told of it, in seconds since 1970
  public double kill(String sandbox, int status, int exitCode) throws IOException {
    return Double.parseDouble(
        order(
            "{\"do\": \"kill\", \"sandbox\": \"%s\", \"status\": %d, \"exitcode\": %d}"
                .formatted(sandbox, status, exitCode)));
  }

  /// Return the names of the calls that named a sandbox, in their order.
  ///
  /// @param since seconds since 1970
  public List<String> calls(String sandbox, double since) throws IOException {
    return CALL.matcher(
            order(
                "{\"do\": \"calls\", \"sandbox\": \"%s\", \"since\": %s}"
                    .formatted(sandbox, BigDecimal.valueOf(since).toPlainString())))
        .results()
        .map(match -> match.group(2))
        .toList();
  }

  private static String first(Pattern pattern, String text) {
    return pattern
        .matcher(String.valueOf(text))
        .results()
        .findFirst()
        .map((MatchResult match) -> match.group(1))
        .orElseThrow(() -> new AssertionError("the stand-in for Modal did not start: " + text));
  }

  /// End all sandboxes and the server.
  @Override
  public void close() throws IOException {
    orders.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
