import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Copies a jar, giving class files from before Java 6 the stack maps of a newer one. The JVM keeps such old classes out
/// of an AOT cache; picocli's are a third of what a start loads.
class UpgradedJar {
  private UpgradedJar() {}

  static void copy(Path from, Path to, FileTime time) throws IOException {
    try (JarFile jar = new JarFile(from.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(to))) {
      ClassFile classFile =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing((ClassDesc name) -> open(jar, name))
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (JarEntry entry : jar.stream().toList()) {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        JarEntry copy = new JarEntry(entry.getName());
        copy.setLastModifiedTime(time);
        out.putNextEntry(copy);
        out.write(isOld(entry.getName(), bytes) ? upgraded(classFile, bytes) : bytes);
      }
    }
  }

  /// Returns whether a jar has such class files.
  static boolean isNeeded(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          if (isOld(entry.getName(), in.readNBytes(8))) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private static boolean isOld(String name, byte[] bytes) {
    return name.endsWith(".class") && bytes[7] < ClassFile.JAVA_6_VERSION;
  }

  private static byte[] upgraded(ClassFile classFile, byte[] bytes) {
    ClassTransform bodies = ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    return classFile.transformClass(classFile.parse(bytes), bodies.andThen(version));
  }

  private static InputStream open(JarFile jar, ClassDesc name) {
    String descriptor = name.descriptorString();
    JarEntry entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
