package dev.darkroom.ledger.log;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** A log in memory, whose transactions draw numbers and end when a test says so. */
final class TestingLog implements LogTail.Log {
  private final TreeMap<Long, NumberedStep> visible = new TreeMap<>();
  private final TreeMap<String, List<Long>> open = new TreeMap<>();
  private final List<String> questions = new ArrayList<>();
  private long drawn;
  private long life;

  /** Draws numbers for so many steps, and keeps its transaction open. */
  void write(String transaction, int steps) {
    var numbers = open.computeIfAbsent(transaction, _ -> new ArrayList<>());
    for (var i = 0; i < steps; i++) {
      numbers.add(++drawn);
    }
  }

  void commit(String transaction) {
    for (var seq : Objects.requireNonNull(open.remove(transaction))) {
      visible.put(seq, step(seq));
    }
  }

  void rollBack(String transaction) {
    open.remove(transaction);
  }

  /** A transaction that does it all at once. */
  void writeAndCommit(int steps) {
    write("at once", steps);
    commit("at once");
  }

  /** As a restore does: steps above this number are gone, and the next ones take their numbers. */
  void goBackTo(long seq) {
    visible.tailMap(seq, false).clear();
    drawn = seq;
    life++;
  }

  private NumberedStep step(long seq) {
    var row =
        new LogEntry(
            seq,
            new UUID(life, seq),
            new RequestId(new UUID(1, seq)),
            "ada",
            "a lighthouse",
            JobStatus.STARTED,
            "request_received",
            Map.of(),
            null,
            Instant.EPOCH);
    return new NumberedStep(seq, row);
  }

  /** What was asked since the last time. */
  List<String> questions() {
    var asked = List.copyOf(questions);
    questions.clear();
    return asked;
  }

  @Override
  public Optional<LogTail.Mark> newest() {
    questions.add("newest");
    return Optional.ofNullable(visible.lastEntry()).map(Map.Entry::getValue).map(LogTail.Mark::of);
  }

  @Override
  public List<NumberedStep> from(long seq, int limit) {
    questions.add("from");
    return visible.tailMap(seq, true).values().stream().limit(limit).toList();
  }

  @Override
  public Set<String> writers() {
    questions.add("writers");
    return new TreeSet<>(open.keySet());
  }
}
