package dev.darkroom.gateway.extras.stream;

import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.dao.TransientDataAccessResourceException;

/** A log in memory. */
final class TestingSteps implements LogTail.Source, SseStream.StepSource {
  static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private final TreeMap<Long, LogEntry> steps = new TreeMap<>();

  /** How many of the next questions fail. */
  int outages;

  void add(LogEntry step) {
    steps.put(step.seq(), step);
  }

  void clear() {
    steps.clear();
  }

  static LogEntry step(long seq, RequestId request, String user) {
    return step(seq, request, user, JobStatus.PROCESSING);
  }

  static LogEntry step(long seq, RequestId request, String user, JobStatus status) {
    return new LogEntry(
        seq,
        new UUID(0, seq),
        request,
        "",
        user,
        "a lighthouse\nat dusk",
        status,
        "calling_nebius_api",
        Map.of("attempt", 1),
        null,
        NOON);
  }

  @Override
  public List<LogTail.StepMark> newest(int limit) {
    return steps.descendingMap().values().stream()
        .limit(limit)
        .map(step -> new LogTail.StepMark(step.seq(), step.id()))
        .toList();
  }

  @Override
  public List<LogEntry> read(Collection<Long> numbers, long from, int limit) {
    return Stream.concat(
            numbers.stream().sorted().map(steps::get).filter(Objects::nonNull),
            steps.tailMap(from, true).values().stream().limit(limit))
        .toList();
  }

  @Override
  public List<LogEntry> steps(Subscription subscription, long after, long upTo, int limit) {
    if (outages-- > 0) {
      throw new TransientDataAccessResourceException("away");
    }
    return steps.subMap(after, false, Math.max(after, upTo), true).values().stream()
        .limit(limit)
        .toList();
  }

  @Override
  public Set<RequestId> known(Subscription subscription) {
    return steps.values().stream()
        .map(step -> step.requestId())
        .filter(subscription.requestIds()::contains)
        .collect(Collectors.toSet());
  }
}
