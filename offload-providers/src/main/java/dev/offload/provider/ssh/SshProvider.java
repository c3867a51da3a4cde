package dev.offload.provider.ssh;

import dev.offload.api.sandbox.PrepareRequest;
import dev.offload.api.sandbox.ProgressSink;
import dev.offload.api.sandbox.ProviderContext;
import dev.offload.api.sandbox.Sandbox;
import dev.offload.api.sandbox.SandboxException;
import dev.offload.api.sandbox.SandboxImage;
import dev.offload.api.sandbox.SandboxProvider;
import dev.offload.api.sandbox.SandboxSpec;
import dev.offload.provider.process.Folders;
import dev.offload.provider.process.ProcessMark;
import dev.offload.provider.shell.LocalShell;
import dev.offload.provider.shell.Uninterrupted;
import dev.offload.provider.ssh.SshHost.Access;
import dev.offload.provider.ssh.SshHost.PreparedCopy;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Start sandboxes on hosts that `ssh` reaches, several on each.
final class SshProvider implements SandboxProvider {
  private static final Duration SLOT_PAUSE = Duration.ofSeconds(2);

  /// A path to a socket must be short: about 100 characters, of which `ssh` uses some itself.
  private static final int LONGEST_FOLDER = 50;

  private static final String FOLDER = "offload-ssh-";
  private static final Pattern OWNER = Pattern.compile(FOLDER + "([0-9]{1,9})-[0-9]+");
  private static final Duration NEW = Duration.ofMinutes(1);

  private final SshSettings settings;
  private final ProviderContext context;
  private final LocalShell shell;
  private final ReentrantLock making = new ReentrantLock();
  private List<SshHost> hosts = List.of();
  private @Nullable Path controlFolder;
  private volatile List<PreparedCopy> copies = List.of();
  private volatile ProgressSink progress = _ -> {};

  SshProvider(SshSettings settings, ProviderContext context) {
    this.settings = settings;
    this.context = context;
    this.shell = new LocalShell(context.projectDirectory());
  }

  /// Return the hosts; making them starts nothing, but for the folder of their sockets.
  private List<SshHost> hosts() throws SandboxException {
    making.lock();
    try {
      if (controlFolder == null) {
        Path folder = makeControlFolder();
        controlFolder = folder;
        Access access = new Access(shell, folder, ProcessMark.fresh().token());
        hosts =
            settings.hosts().stream()
                .map(host -> new SshHost(host, settings, context.sandboxInitCommand(), access))
                .toList();
      }
      return hosts;
    } catch (IOException e) {
      throw new SandboxException.Fatal("no folder for the connections could be made: " + e, e);
    } finally {
      making.unlock();
    }
  }

  private static Path makeControlFolder() throws IOException {
    String name = FOLDER + ProcessHandle.current().pid() + "-";
    Path usual = Files.createTempDirectory(name);
    sweep(usual.resolveSibling(""));
    if (usual.toString().length() <= LONGEST_FOLDER) {
      return usual;
    }
    Files.delete(usual);
    return Files.createTempDirectory(Path.of("/tmp"), name);
  }

  /// Remove the folders of runs that were killed. Their connections have removed the sockets; what
  /// is not empty, or quite new, is left alone.
  private static void sweep(Path parent) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, FOLDER + "*-*")) {
      for (Path folder : folders) {
        Matcher name = OWNER.matcher(folder.getFileName().toString());
        if (name.matches()
            && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
            && isOldAndEmpty(folder)) {
          Files.deleteIfExists(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      System.getLogger(SshProvider.class.getName())
          .log(System.Logger.Level.DEBUG, "the folder of a killed run is left", e);
    }
  }

  private static boolean isOldAndEmpty(Path folder) throws IOException {
    Instant changed = Files.getLastModifiedTime(folder).toInstant();
    if (!Files.isReadable(folder) || !changed.isBefore(Instant.now().minus(NEW))) {
      return false;
    }
    try (Stream<Path> sockets = Files.list(folder)) {
      return sockets.findAny().isEmpty();
    }
  }

  @Override
  public SandboxImage prepare(PrepareRequest request, ProgressSink progress)
      throws SandboxException, InterruptedException {
    this.progress = progress;
    List<PreparedCopy> read = new ArrayList<>();
    for (SshSettings.Copy copy : settings.copies()) {
      read.add(new PreparedCopy(LocalTree.read(copy.local(), copy.onlyOwn()), copy.remote()));
    }
    copies = read;
    List<SshHost> all = hosts();
    List<Optional<SandboxException>> failures =
        each(
            all,
            host ->
                () -> {
                  host.prepare(read, progress);
                  return host;
                });
    for (int i = 0; i < all.size(); i++) {
      if (failures.get(i).isPresent()) {
        SandboxException failure = failures.get(i).get();
        if (failure instanceof SandboxException.Fatal) {
          throw failure;
        }
        progress.warning("host left out: " + failure.getMessage());
      }
    }
    if (all.stream().noneMatch(SshHost::isUsable)) {
      throw new SandboxException.Fatal("no host can be used.\n" + failures(all), null);
    }
    return SandboxImage.NONE;
  }

  private static String failures(List<SshHost> hosts) {
    return hosts.stream().map(SshHost::lastFailure).collect(Collectors.joining("\n"));
  }

  /// Do the same on all hosts at once, and return what failed, in their order.
  private static List<Optional<SandboxException>> each(
      List<SshHost> hosts, java.util.function.Function<SshHost, Callable<SshHost>> task)
      throws InterruptedException {
    List<Optional<SandboxException>> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<SshHost>> running =
          hosts.stream().map(host -> threads.submit(task.apply(host))).toList();
      try {
        for (Future<SshHost> one : running) {
          failures.add(failure(one));
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw e;
      }
    }
    return failures;
  }

  private static Optional<SandboxException> failure(Future<SshHost> task)
      throws InterruptedException {
    try {
      task.get();
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(Uninterrupted.failure(e));
    }
  }

  @Override
  public Sandbox start(SandboxImage image, SandboxSpec spec)
      throws SandboxException, InterruptedException {
    Optional<SshHost> free = reserve();
    if (free.isEmpty()) {
      takeBackOne();
      // Somebody else may have taken it back while this thread waited.
      free = reserve();
    }
    if (free.isPresent()) {
      return free.get().start(spec.id());
    }
    int slots = hosts().stream().filter(SshHost::isUsable).mapToInt(SshHost::slots).sum();
    if (slots > 0) {
      throw new SandboxException.Unavailable(
          "the hosts have " + slots + (slots == 1 ? " slot" : " slots") + ", all in use",
          SLOT_PAUSE);
    }
    if (hosts().stream().anyMatch(SshHost::isBeingTried)) {
      throw new SandboxException.Unavailable("a lost host is being tried again", SLOT_PAUSE);
    }
    throw new SandboxException.Transient("no host answers any more: " + failures(hosts()), null);
  }

  /// Take a slot of the host that is used least.
  private Optional<SshHost> reserve() throws SandboxException {
    List<SshHost> candidates =
        hosts().stream()
            .filter(SshHost::isUsable)
            .sorted(Comparator.comparingDouble(host -> (double) host.used() / host.slots()))
            .toList();
    return candidates.stream().filter(SshHost::reserve).findFirst();
  }

  /// Try hosts again that were lost, until one is back.
  private void takeBackOne() throws SandboxException, InterruptedException {
    for (SshHost host : hosts()) {
      try {
        if (host.takeBack(copies, progress)) {
          progress.line("host " + host.address() + " is back");
          return;
        }
      } catch (SandboxException.Transient | SandboxException.SandboxDead _) {
        // Its failure is remembered, and told when no host is left.
      }
    }
  }

  @Override
  public boolean reap(String handle) throws SandboxException, InterruptedException {
    String[] words = handle.split(" ", 2);
    for (SshHost host : hosts()) {
      if (words.length == 2 && host.address().toString().equals(words[0])) {
        host.reap(words[1]);
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws SandboxException {
    List<SshHost> all = hosts;
    List<Optional<SandboxException>> failures =
        Uninterrupted.get(() ->
            each(
                all,
                host ->
                    () -> {
                      host.close();
                      return host;
                    }));
    Path folder = controlFolder;
    try {
      if (folder != null) {
        Folders.remove(folder);
      }
    } catch (IOException e) {
      throw new SandboxException.Transient("'" + folder + "' could not be removed: " + e, e);
    }
    Optional<SandboxException> failure = failures.stream().flatMap(Optional::stream).findFirst();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }
}
