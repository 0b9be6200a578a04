package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.stream.SseEncoder.ResetReason;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogTail.TailPosition;
import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream: first the steps that are in the ledger, then each new one from a bounded
 * queue. It ends with the last step of the last request that was asked for.
 */
final class SseStream {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 3;
  private static final int PAGE = 40; // of 25 KiB each at most

  private final Subscription subscription;
  private final Set<RequestId> open;
  private final StepSource ledger;
  private final SseEncoder encoder;
  private final Duration heartbeat;
  private final ReplyLinks links;
  private final OutputStream client;
  private final BlockingQueue<StreamEvent> queue;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable ResetReason reset;
  private long after;

  /**
   * Where a stream begins.
   *
   * @param after the number of the step before its first one
   * @param open requests whose last step follows
   * @param reset why the client has to drop what it got before; null where it does not
   */
  record StreamStart(long after, Set<RequestId> open, @Nullable ResetReason reset) {}

  /** What a stream asks the ledger. */
  interface StepSource {
    /** Steps with numbers above one and up to another. */
    List<LogEntry> steps(Subscription subscription, long after, long upTo, int limit);

    /** Those of these requests that exist. */
    Set<RequestId> knownAmong(Set<RequestId> requests);
  }

  private sealed interface StreamEvent {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record NewStep(LogEntry step, byte[] bytes) implements StreamEvent {}

    record LedgerWentBack(TailPosition position) implements StreamEvent {}

    record StreamClosed() implements StreamEvent {}
  }

  SseStream(
      Subscription subscription,
      StreamStart start,
      StepSource ledger,
      SseEncoder encoder,
      StreamSettings settings,
      ReplyLinks links,
      OutputStream client) {
    this.subscription = subscription;
    this.after = start.after();
    this.open = new HashSet<>(start.open());
    this.reset = start.reset();
    this.ledger = ledger;
    this.encoder = encoder;
    this.heartbeat = settings.heartbeat();
    this.queue = new LinkedBlockingQueue<>(settings.queue());
    this.links = links;
    this.client = client;
  }

  Subscription subscription() {
    return subscription;
  }

  /**
   * Adds a step without waiting.
   *
   * @param bytes shared by all streams, and never changed
   * @return false where the client is too far behind, so that its stream ends
   */
  synchronized boolean offer(LogEntry step, byte[] bytes) {
    if (isClosed() || queue.offer(new StreamEvent.NewStep(step, bytes))) {
      return true;
    }
    close();
    return false;
  }

  /** Drops what waits: the ledger went back, and new steps follow from this position on. */
  synchronized void restart(TailPosition position) {
    if (!isClosed()) {
      queue.clear();
      queue.add(new StreamEvent.LedgerWentBack(position));
    }
  }

  synchronized void close() {
    closed.countDown();
    queue.clear();
    queue.add(new StreamEvent.StreamClosed());
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /**
   * Writes until the stream is closed, or all requests have ended.
   *
   * @param position every later step is offered
   * @throws IOException where the client is gone
   */
  void write(TailPosition position) throws IOException, InterruptedException {
    write(encoder.preamble());
    catchUp(position);
    while (!isDone()) {
      if (queue.isEmpty()) {
        client.flush();
      }
      switch (queue.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS)) {
        case null -> write(encoder.heartbeat());
        case StreamEvent.NewStep(var step, var bytes) -> {
          if (!subscription.isOrdered() || step.seq() > after) { // another gateway may be ahead
            // bytes are shared by all streams, and links are not the same in all
            write(step, links.change(step) ? encoder.step(links.in(step)) : bytes);
          }
        }
        case StreamEvent.LedgerWentBack(var end) -> {
          reset = ResetReason.LEDGER_WENT_BACK;
          catchUp(end);
        }
        case StreamEvent.StreamClosed _ -> {
          return;
        }
      }
    }
    client.flush();
  }

  private boolean isDone() {
    return !subscription.isOfUser() && open.isEmpty();
  }

  private void catchUp(TailPosition end) throws IOException, InterruptedException {
    if (reset != null) {
      reset(reset, end.upTo());
    }
    client.flush();
    var read = after;
    while (read < end.upTo() && !isDone() && !isClosed()) {
      var from = read;
      var page = awaitLedger(() -> ledger.steps(subscription, from, end.upTo(), PAGE));
      for (var step : page) {
        if (!end.missing().contains(step.seq())) { // it is offered as a new one
          write(step, encoder.step(links.in(step)));
        }
      }
      client.flush();
      read = page.size() < PAGE ? end.upTo() : page.getLast().seq();
    }
  }

  /** Requests begin with their first step again; a user's stream goes on with what is new. */
  private void reset(ResetReason reason, long end) throws IOException, InterruptedException {
    if (subscription.isOfUser()) {
      after = reason == ResetReason.LEDGER_WENT_BACK ? end : Math.min(after, end);
    } else {
      after = 0;
      open.clear();
      open.addAll(awaitLedger(() -> ledger.knownAmong(subscription.requestIds())));
    }
    write(encoder.reset(after, reason));
    reset = null;
  }

  /** Retries through an outage; heartbeats keep the connection open meanwhile. */
  private <T> T awaitLedger(Supplier<T> question) throws IOException, InterruptedException {
    for (var failures = 0; true; failures++) {
      try {
        return question.get();
      } catch (RuntimeException e) {
        if (!LedgerOutage.isBehind(e)) {
          throw e;
        }
        write(encoder.heartbeat());
        client.flush();
        var _ = closed.await(pauseAfter(failures).toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Twice as long after each failure, up to a limit: every stream asks for itself. */
  static Duration pauseAfter(int earlierFailures) {
    return RETRY_AFTER.multipliedBy(1L << Math.min(earlierFailures, MOST_DOUBLINGS));
  }

  private void write(LogEntry step, byte[] bytes) throws IOException {
    write(bytes);
    after = Math.max(after, step.seq());
    if (step.status().isTerminal()) {
      open.remove(step.requestId());
    }
  }

  private void write(byte[] bytes) throws IOException {
    if (isClosed()) {
      throw new IOException("closed"); // the client may take long to read what it has
    }
    client.write(bytes);
  }
}
