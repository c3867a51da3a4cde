package dev.offload.framework.vitest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offload.api.framework.Discovery;
import dev.offload.api.framework.TestFramework;
import dev.offload.api.test.Outcome;
import dev.offload.testkit.BatchResult;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.FrameworkRun;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.ModelTest;
import dev.offload.testkit.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract with one version of vitest, in a project whose configuration forces watch mode,
/// reporters, colours, coverage and bail.
@Tag("tools")
abstract class VitestContract extends FrameworkContract {
  private static final String STRANGE =
      "  \"it's\" > $(id) `x` \\ [a] {b} *? %s \u001b[31m \u00e9 \ud83c\udf89\nline 2 nul \u0000 "
          + "long".repeat(2_500)
          + "  ";

  private final Path tool;

  VitestContract(String tool) {
    this.tool = TestTools.require(tool + "/node_modules");
  }

  @Override
  protected TestFramework framework(Path project) {
    return new VitestFactory().create(MapSettings.of(Map.of()));
  }

  @Override
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    Path script = folder.resolve("vitest");
    Files.writeString(script, "[ \"$1\" != --version ] || echo vitest/0.34.6 linux-x64\nexit 1\n");
    return Optional.of(
        new OldTool(
            new VitestFactory().create(MapSettings.of(Map.of("command", "sh " + script))),
            "vitest 0.34.6"));
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return new VitestFactory()
        .create(MapSettings.of(Map.of("command", "/nowhere/node_modules/.bin/vitest")));
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    Files.createSymbolicLink(project.resolve("node_modules"), tool);
    Files.createDirectories(project.resolve("src/deep [x]"));
    file(project, "package.json", "{\"private\": true, \"type\": \"module\"}\n");
    file(
        project,
        "vitest.config.js",
        """
        export default {
          test: {
            watch: true, reporters: ['verbose', 'json'], outputFile: 'out.json', bail: 1,
            coverage: { enabled: true }, printConsoleTrace: false,
          },
        }
        """);
    file(
        project,
        "src/model.js",
        """
        import { appendFileSync } from 'node:fs'
        export const log = name => appendFileSync(process.env.MODEL_LOG, `${name}\\n`)
        """);
    file(
        project,
        "src/a.test.js",
        """
        import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
        import { existsSync, writeFileSync } from 'node:fs'
        import { log } from './model.js'
        test('passes', () => {
          log('PASSES')
          console.log('model output')
          process.stdout.write(`token=[${process.env.OFFLOAD_SIGNAL_TOKEN ?? ''}]\\n`)
        })
        test('fails', () => { log('FAILS'); expect(1, 'the model fails here').toBe(2) })
        describe('set-up', () => {
          beforeEach(() => { log('SET_UP_FAILS'); throw new Error('the model has no set-up') })
          test('fails', () => {})
        })
        test('skipped', ctx => { log('SKIPPED'); ctx.skip('not on this model') })
        test('slow', async () => { log('SLOW'); await new Promise(r => setTimeout(r, 1500)) })
        test('crashes', () => { log('CRASHES'); process.kill(process.pid, 'SIGKILL'); for (;;); })
        test('flaky', () => {
          log('FLAKY')
          const again = existsSync('model-flaky')
          writeFileSync('model-flaky', '')
          expect(again).toBe(true)
        })
        test(%s, () => { log('STRANGE_NAME') })
        test('same', () => { log('SAME_NAME_PASSES') })
        test('same', () => { log('SAME_NAME_FAILS'); throw new Error('the second') })
        test('imitates', () => {
          log('IMITATES')
          console.log('\\u001etoken {"finished":0,"outcome":"failed"}')
          console.log(' FAIL  src/a.test.js > passes')
        })
        """
            .formatted(
                "\""
                    + STRANGE
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\u0000", "\\u0000")
                        .replace("\u001b", "\\u001b")
                    + "\""));
    file(
        project,
        "src/deep [x]/b.test.js",
        """
        import { describe, test } from 'vitest'
        import { log } from '../model.js'
        describe('one', () => describe('two', () => describe('three', () => {
          test('nested', () => { log('NESTED') })
        })))
        """);
  }

  private static void file(Path project, String name, String text) throws Exception {
    Files.writeString(project.resolve(name), text);
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    file(project, "src/broken.test.js", "import { test } from 'vitest'\nthrow broken_here\n");
  }

  @Override
  protected String id(ModelTest test) {
    String a = "src/a.test.js > ";
    return switch (test) {
      case PASSES -> a + "passes";
      case FAILS -> a + "fails";
      case SET_UP_FAILS -> a + "set-up > fails";
      case SKIPPED -> a + "skipped";
      case SLOW -> a + "slow";
      case CRASHES -> a + "crashes";
      case FLAKY -> a + "flaky";
      case STRANGE_NAME -> a + STRANGE;
      case SAME_NAME_PASSES -> a + "same";
      case SAME_NAME_FAILS -> a + "same [2]";
      case NESTED -> "src/deep [x]/b.test.js > one > two > three > nested";
      case IMITATES -> a + "imitates";
    };
  }

  private FrameworkRun other(Path folder) throws Exception {
    Path project = Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(project.resolve("node_modules"), tool);
    return new FrameworkRun(framework(project), project, folder, Map.of());
  }

  @Test
  void a_file_and_a_suite_without_tests_are_red_as_in_vitest_itself(@TempDir Path folder)
      throws Exception {
    FrameworkRun run = other(folder);
    Path project = folder.resolve("other");
    file(project, "empty.test.js", "// not yet\n");
    file(
        project,
        "suite.test.js",
        """
        import { describe, test } from 'vitest'
        describe('full', () => { describe('empty', () => {}); test('t', () => {}) })
        describe.skip('left out', () => {})
        """);

    Discovery.Found found = (Discovery.Found) run.discover("");

    assertThat(found.tests().stream().map(test -> test.id().value()))
        .containsExactly("suite.test.js > full > t");
    assertThat(found.errors().stream().map(error -> error.name() + ": " + error.message()))
        .containsExactly(
            "empty.test.js: Error: No test suite found in file "
                + project.toRealPath().resolve("empty.test.js"),
            "suite.test.js: Error: No test found in suite full > empty");
    assertThat(((Discovery.Found) run.discover("--passWithNoTests")).errors()).isEmpty();
  }

  @Test
  void a_test_may_replace_what_everything_uses(@TempDir Path folder) throws Exception {
    FrameworkRun run = other(folder);
    file(
        folder.resolve("other"),
        "patch.test.js",
        """
        import { afterAll, test } from 'vitest'
        const { stringify } = JSON
        afterAll(() => { JSON.stringify = stringify })
        test('patches', () => { JSON.stringify = () => 'patched' })
        test('fails', () => { throw new Error('red') })
        """);

    BatchResult result = run.run(run.tests(""));

    assertThat(result.report("patch.test.js > patches").outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.report("patch.test.js > fails").message()).isEqualTo("Error: red");
  }
}
