package dev.offload.it;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.offload.engine.ExitCodes;
import dev.offload.engine.RunOptions;
import org.junit.jupiter.api.Test;

/// Hold the code to the table of modules: who may use whom, and who may use what from outside.
class ArchitectureTest {
  private static final String JSPECIFY = "org.jspecify..";
  private static final String JACKSON = "tools.jackson..";
  private static final String TOML = "org.tomlj..";
  private static final String PICOCLI = "picocli..";
  private static final String DOCKER = "com.github.dockerjava..";
  private static final String COMPRESS = "org.apache.commons.compress..";

  private static final String API = "dev.offload.api..";
  private static final String ENGINE = "dev.offload.engine..";
  private static final String FRAMEWORKS = "dev.offload.framework..";
  private static final String PROVIDERS = "dev.offload.provider..";
  private static final String REPORTS = "dev.offload.report..";
  private static final String CLI = "dev.offload.cli..";
  private static final String TESTKIT = "dev.offload.testkit..";

  private static final String RUNNER = "dev.offload.junitrunner..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.offload")
          // It runs in sandboxes, in the Java of the project; see its own rule.
          .that(not(resideInAPackage(RUNNER)));

  @Test
  void everyModuleIsLookedAt() {
    for (String module : new String[] {API, ENGINE, FRAMEWORKS, PROVIDERS, REPORTS, CLI, TESTKIT}) {
      assertThat(CLASSES.that(resideInAnyPackage(module))).as(module).isNotEmpty();
    }
  }

  @Test
  void theApiUsesNothingButJavaAndJspecify() {
    onlyUses(API);
  }

  @Test
  void theEngineUsesTheApiATomlReaderAndAJsonReader() {
    onlyUses(ENGINE, API, TOML, JACKSON);
  }

  @Test
  void onlyTheConfigurationKnowsToml() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.offload.engine.config..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(TOML)
        .check(CLASSES);
  }

  @Test
  void frameworksUseTheApiAndAJsonReader() {
    onlyUses(FRAMEWORKS, API, JACKSON);
  }

  @Test
  void theJunitRunnerUsesJavaAndTheJunitPlatform() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", JSPECIFY, "org.junit.platform..", RUNNER))
        .check(new ClassFileImporter().importPackages("dev.offload.junitrunner"));
  }

  @Test
  void nothingCallsTheJunitRunner() {
    noClasses().should().dependOnClassesThat().resideInAPackage(RUNNER).check(CLASSES);
  }

  @Test
  void providersUseTheApiAndEachOnlyItsOwnClient() {
    onlyUses(PROVIDERS, API, JACKSON, DOCKER, COMPRESS);
    noClasses()
        .that()
        .resideInAPackage(PROVIDERS)
        .and()
        .resideOutsideOfPackage("dev.offload.provider.modal..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(JACKSON, "dev.offload.provider.modal..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.offload.provider.docker..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(DOCKER, COMPRESS, "dev.offload.provider.docker..")
        .check(CLASSES);
  }

  @Test
  void reportsUseTheApiAndAJsonWriter() {
    onlyUses(REPORTS, API, JACKSON);
  }

  @Test
  void theCommandLineUsesTheEngineTheApiAndPicocli() {
    onlyUses(CLI, ENGINE, API, PICOCLI);
  }

  @Test
  void theTestkitUsesTheApiAndTestLibraries() {
    onlyUses(TESTKIT, API, "org.junit..", "org.assertj..");
  }

  @Test
  void packagesFormNoCycles() {
    slices()
        .matching("dev.offload.(**)")
        .should()
        .beFreeOfCycles()
        // The run is at the top of the engine, and these two values of it are used all the way
        // down.
        .ignoreDependency(alwaysTrue(), belongToAnyOf(RunOptions.class, ExitCodes.class))
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CLI)
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(CLASSES);
  }

  @Test
  void onlyMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.offload.cli.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }

  private static void onlyUses(String module, String... others) {
    String[] allowed = new String[others.length + 3];
    System.arraycopy(others, 0, allowed, 0, others.length);
    allowed[others.length] = module;
    allowed[others.length + 1] = "java..";
    allowed[others.length + 2] = JSPECIFY;
    classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed).or(resideInAnyPackage("javax.xml..", "org.xml.sax..")))
        .check(CLASSES);
  }
}
