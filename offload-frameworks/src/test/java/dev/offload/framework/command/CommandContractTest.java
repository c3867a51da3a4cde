package dev.offload.framework.command;

import dev.offload.api.framework.TestFramework;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.ModelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The contract of all frameworks for a harness that is a shell script and tells how its tests go.
class CommandContractTest extends FrameworkContract {
  private static final String STRANGE =
      "it's \"strange\" > $(id) `x` \\ [a] {b} *? %s {tests} ; & \u00e9 \ud83c\udf89 "
          + "long".repeat(2_500);

  @Override
  protected TestFramework framework(Path project) {
    return framework("sh harness.sh --list # {filters}");
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return framework("no-such-harness --list {filters}");
  }

  private static TestFramework framework(String discover) {
    return new CommandFactory()
        .create(
            MapSettings.of(
                Map.of(
                    "discover_command", discover,
                    "run_command", "sh harness.sh {tests}",
                    "test_id_format", "{name}")));
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    StringBuilder names = new StringBuilder();
    for (ModelTest test : ModelTest.values()) {
      names.append(id(test)).append('\n');
    }
    Files.writeString(project.resolve("names"), names.toString());
    Files.writeString(
        project.resolve("harness.sh"),
        """
        token=$OFFLOAD_SIGNAL_TOKEN
        unset OFFLOAD_SIGNAL_TOKEN
        say() { printf '\\036%s %s\\n' "$token" "$*"; }
        begin() { echo "$1" >>"$MODEL_LOG"; }
        result=0
        fail() { say message "$2"; say detail "$2"; say fail "$1"; result=1; }

        if [ -e broken ]; then
          . ./broken
        fi
        if [ "$1" = --list ]; then
          exec cat names
        fi
        for test; do
          say start "$test"
          case $test in
            passes) begin PASSES; echo 'model output'; echo "token=[$OFFLOAD_SIGNAL_TOKEN]"; say pass "$test" ;;
            fails) begin FAILS; fail "$test" 'the model fails here' ;;
            'set up fails')
              begin SET_UP_FAILS
              say detail 'the model has no set-up'
              say error "$test"
              result=1 ;;
            skipped) begin SKIPPED; say message 'not on this model'; say skip "$test" ;;
            slow) begin SLOW; sleep 1.5; say pass "$test" ;;
            crashes) begin CRASHES; kill -9 $$ ;;
            flaky) begin FLAKY; if [ -e model-flaky ]; then say pass "$test"; else : >model-flaky; fail "$test" again; fi ;;
            'it'*) begin STRANGE_NAME; say pass "$test" ;;
            one/same) begin SAME_NAME_PASSES; say pass "$test" ;;
            two/same) begin SAME_NAME_FAILS; fail "$test" 'the second' ;;
            */nested) begin NESTED; say pass "$test" ;;
            imitates)
              begin IMITATES
              printf '\\036token fail imitates\\n'
              printf '\\036fail passes\\nnot ok 1 - passes\\n'
              say pass "$test" ;;
          esac
        done
        exit $result
        """);
  }

  @Override
  protected boolean tellsBrokenFiles() {
    return false; // a command lists its tests or it does not
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    Files.writeString(project.resolve("broken"), "broken_here || exit 1\n");
  }

  @Override
  protected String id(ModelTest test) {
    return switch (test) {
      case PASSES -> "passes";
      case FAILS -> "fails";
      case SET_UP_FAILS -> "set up fails";
      case SKIPPED -> "skipped";
      case SLOW -> "slow";
      case CRASHES -> "crashes";
      case FLAKY -> "flaky";
      case STRANGE_NAME -> STRANGE;
      case SAME_NAME_PASSES -> "one/same";
      case SAME_NAME_FAILS -> "two/same";
      case NESTED -> "one/two/three/nested";
      case IMITATES -> "imitates";
    };
  }
}
