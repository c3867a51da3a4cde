package dev.offload.engine.dispatch;

import dev.offload.api.event.BatchId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hold what is known of one batch that runs in a sandbox. A test of it is waiting, in flight or
/// done.
final class Batch {
  /// Say what a batch is for.
  enum Purpose {
    /// To run tests.
    WORK,
    /// To run tests that also run elsewhere.
    HEDGE,
    /// To see whether its sandbox can pass a test that passed elsewhere. Its test is decided.
    PROBE
  }

  /// Say why a batch is being cancelled.
  enum Cancelling {
    /// A test ran into its time limit.
    TIMEOUT("a test ran into its time limit"),
    /// No sign of life.
    STALL("no test began or ended for too long"),
    /// All its tests are decided.
    NOT_NEEDED("its tests were finished elsewhere"),
    /// Its sandbox is in doubt.
    DOUBT("its sandbox fails one test after the other"),
    /// The run stops.
    STOP("the run stops");

    private final String words;

    Cancelling(String words) {
      this.words = words;
    }

    String inWords() {
      return words;
    }
  }

  /// A test in flight.
  ///
  /// @param attempt its attempt number, or 0 when it is not counted
  /// @param deadline when it runs into its time limit
  record Flight(int test, int attempt, long startedAt, long deadline) {}

  private static final byte WAITING = 0;
  private static final byte IN_FLIGHT = 1;
  private static final byte DONE = 2;

  final BatchId id;
  final PoolSandbox sandbox;
  final Purpose purpose;
  final long startedAt;
  final int[] tests;
  private final byte[] states;
  private final boolean[] dropped;
  private final Map<Integer, Flight> flights = new LinkedHashMap<>();
  private int lastStarted = -1;
  private boolean overlaps;
  private int unfinished;
  private int needed;

  boolean sawTest;
  boolean splitWanted;
  boolean probePassed;
  int finished;
  long firstSign;
  long lastSign;
  @Nullable Cancelling cancelling;
  long answerBy;

  /// When the timer for the next time limit fires that is set already.
  long timeoutArmed = Long.MAX_VALUE;

  Batch(BatchId id, PoolSandbox sandbox, Purpose purpose, int[] tests, long now) {
    this.id = id;
    this.sandbox = sandbox;
    this.purpose = purpose;
    this.tests = tests;
    this.startedAt = now;
    this.lastSign = now;
    states = new byte[tests.length];
    dropped = new boolean[tests.length];
    unfinished = tests.length;
    needed = tests.length;
  }

  /// Return whether the batch was asked for this test and has not ended it.
  boolean expects(int test) {
    int place = Arrays.binarySearch(tests, test);
    return place >= 0 && states[place] != DONE;
  }

  boolean isInFlight(int test) {
    return flights.containsKey(test);
  }

  void begin(Flight flight) {
    states[place(flight.test())] = IN_FLIGHT;
    flights.put(flight.test(), flight);
    lastStarted = flight.test();
  }

  /// Note the end of a test and return its flight, if it was told to have begun.
  @Nullable Flight end(int test) {
    overlaps |= test != lastStarted;
    int place = place(test);
    states[place] = DONE;
    unfinished--;
    finished++;
    if (!dropped[place]) {
      needed--;
    }
    return flights.remove(test);
  }

  /// Return whether a test in flight has probably ended and its end was not told: others began
  /// after it, in a process that runs one test at a time as far as it is known.
  boolean isStale(Flight flight) {
    return !overlaps && flight.test() != lastStarted;
  }

  /// Note that the outcome of a test is known from elsewhere; return its flight when it is in
  /// flight here.
  @Nullable Flight drop(int test) {
    int place = place(test);
    if (states[place] == DONE || dropped[place]) {
      return null;
    }
    dropped[place] = true;
    needed--;
    return flights.get(test);
  }

  boolean isDropped(int test) {
    return dropped[place(test)];
  }

  /// Return whether every test has ended, so that only the end of the process is waited for.
  boolean isComplete() {
    return unfinished == 0;
  }

  /// Return whether it still runs tests, none of which is needed.
  boolean isSuperfluous() {
    return needed == 0 && unfinished > 0;
  }

  /// Return the needed tests in flight, in order of start.
  List<Flight> flights() {
    if (flights.isEmpty()) {
      return List.of();
    }
    List<Flight> needed = new ArrayList<>(flights.size());
    for (Flight flight : flights.values()) {
      if (!isDropped(flight.test())) {
        needed.add(flight);
      }
    }
    return needed;
  }

  List<Flight> allFlights() {
    return List.copyOf(flights.values());
  }

  /// Return the needed tests that have not begun, in collection order.
  List<Integer> waiting() {
    List<Integer> waiting = new ArrayList<>();
    for (int place = 0; place < tests.length; place++) {
      if (states[place] == WAITING && !dropped[place]) {
        waiting.add(tests[place]);
      }
    }
    return waiting;
  }

  private int place(int test) {
    return Arrays.binarySearch(tests, test);
  }
}
