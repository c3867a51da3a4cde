package dev.offload.cli;

import java.util.Locale;

/// Compose the text of a configuration file to start from.
final class ConfigTemplate {
  private static final String HEAD =
      """
      # How Offload runs the tests of this project. `offload validate` checks this file.

      [offload]
      # The largest number of sandboxes at one time.
      max_parallel = 4
      # The longest any one test may run.
      test_timeout_secs = 300
      # Where the project is inside a sandbox; tests see it as OFFLOAD_ROOT.
      sandbox_project_root = "."
      # Run once, here, before the tests are discovered:
      # setup_command = "uv sync"

      """;

  private static final String TAIL =
      """

      # Every group discovers tests by its own filters. A test that is in two groups belongs to the first.
      [groups.all]
      # How many failed attempts of a test may be followed by another. A test that passes then is flaky.
      retry_count = 1

      [report]
      # junit.xml, summary.json, the journal and the logs go here.
      output_dir = "test-results"
      """;

  private ConfigTemplate() {}

  /// Say where tests run.
  enum Provider {
    /// Processes on this machine.
    LOCAL(
        """
        [provider]
        # Every sandbox is a process on this machine; all of them work in this folder.
        type = "local"
        """),
    /// Whatever the user's shell commands make.
    DEFAULT(
        """
        [provider]
        # Sandboxes are made, used and removed by shell commands. These copy the project into a temporary folder; with
        # containers it would be `docker run -d ...`, `docker exec {sandbox_id} sh -c {command}`, `docker rm -f {sandbox_id}`.
        type = "default"
        # Prints the name of the new sandbox.
        create_command = 'dir=$(mktemp -d) && cp -R . "$dir" && echo "$dir"'
        # Runs {command}, which comes quoted as one word, in the sandbox.
        exec_command = "cd {sandbox_id} && sh -c {command}"
        destroy_command = "rm -rf {sandbox_id}"
        """);

    private final String text;

    Provider(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Say what tests are written with.
  enum Framework {
    /// pytest.
    PYTEST(
        """

        [framework]
        type = "pytest"
        # The command that starts pytest, for example "uv run pytest" or ".venv/bin/python -m pytest".
        command = "python3 -m pytest"
        # Where to look for tests; without it pytest decides.
        # paths = ["tests"]
        """),
    /// cargo-nextest.
    NEXTEST(
        """

        [framework]
        # Rust tests. They are compiled once, on this machine.
        type = "nextest"
        # package = "my-crate"
        # features = ["full"]
        # Local sandboxes share the cores of this machine, so each runs one test at a time.
        run_args = "-j 1"
        """),
    /// vitest.
    VITEST(
        """

        [framework]
        type = "vitest"
        # The command that starts vitest, for example "pnpm vitest".
        command = "npx vitest"
        # Local sandboxes share the cores of this machine, so each runs one file at a time.
        run_args = "--no-file-parallelism"
        """),
    /// Any command.
    DEFAULT(
        """

        [framework]
        # Any tests that commands can list and run. These are shell scripts in the folder `tests`.
        type = "default"
        # Prints one test a line. {filters} becomes the filters of the group.
        discover_command = "find tests -name '*.sh' {filters} | sort"
        # Runs {tests}, each quoted as one word, and leaves a JUnit report in {result_file}.
        run_command = '''
        {
          echo '<testsuite name="scripts">'
          for test in {tests}; do
            echo "<testcase name=\\"$test\\">"
            sh "$test" >&2 || echo "<failure message=\\"exit code $?\\"/>"
            echo '</testcase>'
          done
          echo '</testsuite>'
        } >{result_file}
        '''
        # How a test of the report is named: {name} and {classname} are attributes of its testcase.
        test_id_format = "{name}"
        """);

    private final String text;

    Framework(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Return the text of a file for this choice.
  static String text(Provider provider, Framework framework) {
    return HEAD + provider.text + framework.text + TAIL;
  }
}
