package dev.darkroom.ledger.log;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.dao.TransientDataAccessResourceException;

/** A log in memory, whose transactions draw numbers and end when a test says so. */
final class TestingLog implements LogTail.Source {
  private final TreeMap<Long, LogEntry> visible = new TreeMap<>();
  private final TreeMap<String, List<Long>> open = new TreeMap<>();
  private long drawn;
  private long life;
  boolean away;

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

  private LogEntry step(long seq) {
    return new LogEntry(
        seq,
        new UUID(life, seq),
        new RequestId(new UUID(1, seq)),
        "",
        "ada",
        "a lighthouse",
        JobStatus.STARTED,
        "request_received",
        Map.of(),
        null,
        Instant.EPOCH);
  }

  @Override
  public List<LogTail.StepMark> newest(int limit) {
    return visible.descendingMap().values().stream()
        .limit(limit)
        .map(step -> new LogTail.StepMark(step.seq(), step.id()))
        .toList();
  }

  @Override
  public List<LogEntry> read(Collection<Long> numbers, long from, int limit) {
    if (away) {
      throw new TransientDataAccessResourceException("away");
    }
    return Stream.concat(
            numbers.stream().sorted().map(visible::get).filter(Objects::nonNull),
            visible.tailMap(from, true).values().stream().limit(limit))
        .toList();
  }
}
