package dev.offload.junitrunner;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// List the tests of one module.
final class Lister {
  /// Causes may go round in a circle.
  private static final int DEEPEST = 20;

  private final Frames frames;
  private final Plan plan;
  private final Launcher launcher = LauncherFactory.create();
  private int tests;

  Lister(Frames frames, Plan plan) {
    this.frames = frames;
    this.plan = plan;
  }

  /// List the tests of these classes. A class that cannot be looked at is told of by itself, and
  /// the others are listed all the same.
  void list(List<String> names) {
    Map<String, Class<?>> classes = new LinkedHashMap<>();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    for (String name : names) {
      try {
        classes.put(name, Class.forName(name, false, loader));
      } catch (ClassNotFoundException | LinkageError e) {
        unreadable(name, e);
      }
    }
    try {
      tell(discover(new ArrayList<>(classes.values())));
    } catch (RuntimeException | LinkageError e) {
      for (Class<?> one : classes.values()) {
        listOne(one);
      }
    }
    frames.send(new Json().number("listed", tests).toString());
  }

  private void listOne(Class<?> one) {
    try {
      List<Class<?>> alone = new ArrayList<>();
      alone.add(one);
      tell(discover(alone));
    } catch (RuntimeException | LinkageError e) {
      unreadable(one.getName(), e);
    }
  }

  private void unreadable(String name, Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEEPEST && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    frames.send(
        new Json()
            .text("unreadable", name)
            .text("message", Failure.message(cause))
            .text("details", Failure.details(failure))
            .toString());
  }

  private TestPlan discover(List<Class<?>> classes) {
    List<DiscoverySelector> selectors = new ArrayList<>();
    classes.forEach(one -> selectors.add(DiscoverySelectors.selectClass(one)));
    List<Filter<?>> filters = new ArrayList<>();
    include(plan.all("include-tag"), TagFilter::includeTags, filters);
    include(plan.all("exclude-tag"), TagFilter::excludeTags, filters);
    include(plan.all("include-engine"), EngineFilter::includeEngines, filters);
    include(plan.all("exclude-engine"), EngineFilter::excludeEngines, filters);
    return launcher.discover(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectors)
            .filters(filters.toArray(new Filter<?>[0]))
            .configurationParameters(plan.configuration())
            .build());
  }

  private interface FilterOf {
    Filter<?> make(List<String> values);
  }

  private static void include(List<String> values, FilterOf filter, List<Filter<?>> filters) {
    if (!values.isEmpty()) {
      filters.add(filter.make(values));
    }
  }

  private void tell(TestPlan found) {
    for (TestIdentifier engine : found.getRoots()) {
      for (TestIdentifier child : found.getChildren(engine)) {
        tell(found, child, "", "");
      }
    }
  }

  /// Tell of a test, or of those in a container. What has no tests in it yet and will make them
  /// while it runs, such as a parameterised method, is a test.
  ///
  /// @param owner the nearest class above it
  /// @param path the names between that class and it
  private void tell(TestPlan found, TestIdentifier identifier, String owner, String path) {
    TestSource source = identifier.getSource().orElse(null);
    Set<TestIdentifier> children = found.getChildren(identifier);
    boolean isUnit = identifier.isTest() || children.isEmpty();
    if (isUnit && ClassTemplates.isTemplate(identifier.getUniqueId()) && source != null) {
      template(identifier, (ClassSource) source);
    } else if (isUnit) {
      test(identifier, source, owner, path);
    } else if (source instanceof ClassSource) {
      String name = ((ClassSource) source).getClassName();
      children.forEach(child -> tell(found, child, name, ""));
    } else {
      String deeper = joined(path, identifier.getDisplayName());
      children.forEach(child -> tell(found, child, owner, deeper));
    }
  }

  private void test(
      TestIdentifier identifier, @Nullable TestSource source, String owner, String path) {
    String method = "";
    String parameters = "";
    String name = owner;
    String shown = joined(path, identifier.getDisplayName());
    if (source instanceof MethodSource) {
      MethodSource found = (MethodSource) source;
      name = found.getClassName();
      method = found.getMethodName();
      parameters = found.getMethodParameterTypes();
      shown = identifier.getDisplayName();
    } else if (source instanceof ClassSource) {
      name = ((ClassSource) source).getClassName();
    }
    tell(identifier.getUniqueId(), name, method, parameters == null ? "" : parameters, shown);
  }

  private void tell(String id, String owner, String method, String parameters, String shown) {
    tests++;
    frames.send(
        new Json()
            .text("test", id)
            .text("class", owner)
            .text("method", method)
            .text("parameters", parameters)
            .text("name", shown)
            .toString());
  }

  /// Tell of the tests in a class that runs several times. JUnit's plan has nothing of them, but
  /// knows them when it is asked for one.
  private void template(TestIdentifier identifier, ClassSource source) {
    int before = tests;
    inTemplate(UniqueId.parse(identifier.getUniqueId()), source.getJavaClass());
    if (tests == before) {
      test(identifier, source, "", "");
    }
  }

  private void inTemplate(UniqueId id, Class<?> type) {
    for (Method method :
        AnnotationSupport.findAnnotatedMethods(
            type, Testable.class, HierarchyTraversalMode.TOP_DOWN)) {
      String parameters =
          Stream.of(method.getParameterTypes())
              .map(Class::getName)
              .collect(Collectors.joining(", "));
      String name = method.getName() + "(" + parameters + ")";
      known(id, name, "method", "test-template", "test-factory")
          .ifPresent(
              found -> tell(found.toString(), type.getName(), method.getName(), parameters, name));
    }
    for (Class<?> nested : ReflectionSupport.findNestedClasses(type, any -> true)) {
      // JUnit accepts the second for a class of either kind.
      known(id, nested.getSimpleName(), "nested-class-template", "nested-class")
          .ifPresent(found -> inTemplate(found, nested));
    }
  }

  /// Return the first of some ids that JUnit knows.
  private Optional<UniqueId> known(UniqueId above, String name, String... kinds) {
    return Stream.of(kinds)
        .map(kind -> above.append(kind, name))
        .filter(id -> Batch.isThere(launcher, plan, id.toString()))
        .findFirst();
  }

  private static String joined(String path, String name) {
    return path.isEmpty() ? name : path + " > " + name;
  }
}
