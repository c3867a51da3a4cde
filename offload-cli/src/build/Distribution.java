import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// Lays out the distribution, makes its AOT cache and packs it.
///
/// A program rather than an assembly descriptor, because the cache is valid only while the jars keep their size and
/// their time to the second: every file gets one fixed time before the cache is made, and the archive stores that time
/// in UTC, which the classic zip fields do not.
///
/// Arguments: the module's folder, the name of its jar, the name of the distribution, the time of its files, the time
/// the build began.
public class Distribution {
  private final Path module;
  private final Path target;
  private final Path jar;
  private final Path home;
  private final FileTime time;

  Distribution(Path module, String jar, String name, Instant time) {
    this.module = module;
    this.target = module.resolve("target");
    this.jar = target.resolve(jar);
    this.home = target.resolve(name);
    this.time = FileTime.from(time);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Path module = Path.of(args[0]);
    String name = args[2];
    Distribution distribution = new Distribution(module, args[1], name, Instant.parse(args[3]));
    distribution.layOut();
    distribution.makeCache();
    distribution.pack();
    Path stamp = module.resolve("target/distribution.stamp");
    Files.writeString(stamp, module.getFileName() + "/target/" + name + "\n");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.parse(args[4])));
  }

  private void layOut() throws IOException {
    delete(home);
    Path lib = Files.createDirectories(home.resolve("lib"));
    copy(jar, lib.resolve("offload-cli.jar"));
    for (String dependency : dependencies()) {
      copyJar(target.resolve("lib").resolve(dependency), lib.resolve(dependency));
    }
    Path source = module.resolve("src/main/dist");
    for (Path file : files(source)) {
      Path copy = home.resolve(source.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      copy(file, copy);
    }
    copy(module.resolve("../LICENSE"), home.resolve("LICENSE"));
    Files.setPosixFilePermissions(home.resolve("bin/offload"), PosixFilePermissions.fromString("rwxr-xr-x"));
    write(lib.resolve("offload.jvm"), System.getProperty("java.runtime.version") + "\n");
  }

  /// Returns the file names on the class path of the module's jar.
  private List<String> dependencies() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      String classPath = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return List.of(classPath.split(" "));
    }
  }

  /// Runs the commands of `src/build/training` once, so that the classes they load are in the cache.
  private void makeCache() throws IOException, InterruptedException {
    Path training = target.resolve("aot-training");
    delete(training);
    Files.createDirectories(training);
    for (Path file : files(module.resolve("src/build/training"))) {
      Path copy = training.resolve(module.resolve("src/build/training").relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
    Path cache = home.resolve("lib/offload.aot");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + home.resolve("lib/jvm.options"),
            "-XX:AOTCacheOutput=" + cache,
            "-cp",
            home.resolve("lib/offload-cli.jar").toString(),
            "dev.offload.cli.AotTraining");
    File log = target.resolve("aot-training.log").toFile();
    ProcessBuilder trainer =
        new ProcessBuilder(command).directory(training.toFile()).redirectErrorStream(true).redirectOutput(log);
    // A run of the build's own is nothing to remember in the cache of whoever builds.
    trainer.environment().put("OFFLOAD_CACHE_DIR", training.resolve("cache").toString());
    Process process = trainer.start();
    process.getOutputStream().close();
    if (process.waitFor() != 0 || !Files.exists(cache)) {
      throw new IOException("the AOT cache could not be made; see " + log + "\n" + Files.readString(log.toPath()));
    }
    Files.setLastModifiedTime(cache, time);
  }

  private void pack() throws IOException {
    Path zip = target.resolve(home.getFileName() + ".zip");
    Files.deleteIfExists(zip);
    URI uri = URI.create("jar:" + zip.toUri());
    try (FileSystem archive = FileSystems.newFileSystem(uri, Map.of("create", true, "enablePosixFileAttributes", true))) {
      for (Path file : files(home)) {
        Path entry = archive.getPath(target.relativize(file).toString());
        createFolders(entry.getParent());
        Files.copy(file, entry, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setLastModifiedTime(entry, time);
        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        Files.setPosixFilePermissions(entry, permissions);
      }
    }
  }

  private void createFolders(Path folder) throws IOException {
    if (folder != null && !Files.exists(folder)) {
      createFolders(folder.getParent());
      Files.createDirectory(folder);
      Files.setLastModifiedTime(folder, time);
    }
  }

  private void copyJar(Path from, Path to) throws IOException {
    if (UpgradedJar.isNeeded(from)) {
      UpgradedJar.copy(from, to, time);
      Files.setLastModifiedTime(to, time);
    } else {
      copy(from, to);
    }
  }

  private void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setLastModifiedTime(to, time);
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, time);
  }

  /// Returns the files below a folder, in the order of their names; none when there is no such folder.
  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
