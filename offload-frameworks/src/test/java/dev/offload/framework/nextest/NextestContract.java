package dev.offload.framework.nextest;

import dev.offload.api.framework.TestFramework;
import dev.offload.testkit.FrameworkContract;
import dev.offload.testkit.MapSettings;
import dev.offload.testkit.ModelTest;
import dev.offload.testkit.TestTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/// The contract with one version of nextest, in a crate whose library and program have tests of the
/// same names, with a harness of its own for names that Rust does not allow, and with a nextest
/// configuration that lets failures be fatal.
@Tag("tools")
abstract class NextestContract extends FrameworkContract {
  private static final String STRANGE =
      "it's a/b (c), \"$(id)\" \\ [x] {y} *? #2 > \u00fc \ud83c\udf89 " + "long".repeat(2_500);

  private final Path bin;

  NextestContract(String version) {
    this.bin = TestTools.require("nextest-" + version + "/bin");
  }

  @Override
  protected Map<String, String> env() {
    return Map.of("PATH", bin + ":" + System.getenv("PATH"), "CARGO_NET_OFFLINE", "true");
  }

  @Override
  protected TestFramework framework(Path project) {
    return new NextestFactory().create(MapSettings.of(Map.of()));
  }

  @Override
  protected Optional<OldTool> oldTool(Path folder) throws Exception {
    Path script = folder.resolve("cargo-nextest");
    Files.writeString(
        script, "[ \"$1\" != --version ] || { echo 'cargo-nextest 0.9.50'; exit; }\nexit 2\n");
    return Optional.of(
        new OldTool(
            new NextestFactory().create(MapSettings.of(Map.of("command", "sh " + script))),
            "cargo-nextest 0.9.50"));
  }

  @Override
  protected TestFramework withoutTool(Path project) {
    return new NextestFactory().create(MapSettings.of(Map.of("command", "/nowhere/cargo-nextest")));
  }

  @Override
  protected boolean tellsOutput() {
    return false; // nextest keeps the output of tests that pass to itself
  }

  @Override
  protected boolean survivesBrokenFile() {
    return false; // cargo builds all or nothing
  }

  /// A Rust test cannot leave itself out, and what is ignored is not listed.
  @Override
  protected Set<ModelTest> absent() {
    return EnumSet.of(ModelTest.SKIPPED);
  }

  @Override
  protected void writeProject(Path project) throws Exception {
    file(
        project,
        "Cargo.toml",
        """
        [package]
        name = "model"
        version = "0.1.0"
        edition = "2021"

        [profile.test]
        debug = 0

        [[test]]
        name = "custom"
        harness = false
        """);
    file(
        project,
        ".config/nextest.toml",
        """
        [profile.default]
        fail-fast = true
        status-level = "none"
        success-output = "immediate"
        """);
    file(
        project,
        "src/lib.rs",
        """
        use std::io::Write;
        pub fn log(name: &str) {
            let path = std::env::var("MODEL_LOG").unwrap();
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            file.write_all(format!("{name}\\n").as_bytes()).unwrap();
        }
        #[cfg(test)]
        mod tests {
            use super::log;
            #[test]
            fn passes() {
                log("PASSES");
                println!("model output");
                println!("token=[{}]", std::env::var("OFFLOAD_SIGNAL_TOKEN").unwrap_or_default());
            }
            #[test]
            fn fails() { log("FAILS"); assert_eq!(1, 2, "the model fails here"); }
            fn set_up() { log("SET_UP_FAILS"); panic!("the model has no set-up"); }
            #[test]
            fn set_up_fails() { set_up(); }
            #[test]
            #[ignore]
            fn ignored() { log("IGNORED"); }
            #[test]
            fn slow() { log("SLOW"); std::thread::sleep(std::time::Duration::from_millis(1500)); }
            #[test]
            fn crashes() { log("CRASHES"); std::process::abort(); }
            #[test]
            fn flaky() {
                log("FLAKY");
                let again = std::path::Path::new("model-flaky").exists();
                std::fs::write("model-flaky", "").unwrap();
                assert!(again);
            }
            #[test]
            fn same() { log("SAME_NAME_PASSES"); }
            mod deep { mod deeper { #[test] fn nested() { crate::log("NESTED"); } } }
            #[test]
            fn imitates() {
                log("IMITATES");
                println!(r#"{{"type":"test","event":"failed","name":"model::model$tests::passes"}}"#);
                eprintln!("test tests::passes ... FAILED");
            }
        }
        """);
    file(
        project,
        "src/main.rs",
        """
        fn main() {}
        #[cfg(test)]
        mod tests { #[test] fn same() { model::log("SAME_NAME_FAILS"); panic!("the second"); } }
        """);
    file(
        project,
        "tests/custom.rs",
        """
        fn main() {
            let args: Vec<String> = std::env::args().skip(1).collect();
            let name = r####"%s"####;
            if args.iter().any(|a| a == "--list") {
                if !args.iter().any(|a| a == "--ignored") { println!("{name}: test"); println!("{name}2: test"); }
            } else if args.iter().any(|a| a == name) {
                model::log("STRANGE_NAME");
            } else {
                panic!("not asked for");
            }
        }
        """
            .formatted(STRANGE));
  }

  private static void file(Path project, String name, String text) throws Exception {
    Files.createDirectories(project.resolve(name).getParent());
    Files.writeString(project.resolve(name), text);
  }

  @Override
  protected void breakOneFile(Path project) throws Exception {
    file(project, "tests/broken.rs", "#[test] fn x() { broken_here(); }\n");
  }

  @Override
  protected String filters() {
    return "-E 'not test(/2$/)'";
  }

  @Override
  protected String id(ModelTest test) {
    return switch (test) {
      case PASSES -> "model tests::passes";
      case FAILS -> "model tests::fails";
      case SLOW -> "model tests::slow";
      case CRASHES -> "model tests::crashes";
      case FLAKY -> "model tests::flaky";
      case STRANGE_NAME -> "model::custom " + STRANGE;
      case SAME_NAME_PASSES -> "model tests::same";
      case SAME_NAME_FAILS -> "model::bin/model tests::same";
      case NESTED -> "model tests::deep::deeper::nested";
      case IMITATES -> "model tests::imitates";
      case SET_UP_FAILS -> "model tests::set_up_fails";
      case SKIPPED -> throw new IllegalArgumentException(test + " is absent");
    };
  }
}
