package dev.darkroom.gateway.extras.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.gateway.extras.stream.News.Joined;
import dev.darkroom.gateway.extras.stream.News.Nothing;
import dev.darkroom.gateway.extras.stream.News.Over;
import dev.darkroom.gateway.extras.stream.News.StepTaken;
import dev.darkroom.gateway.extras.stream.News.WentBack;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.ledger.log.NumberedStep;
import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells one listener its steps: first those that are in the ledger already, then each as it is
 * handed out, none twice. It ends with the last step of the last request that was asked for, and
 * holds up nothing but its own thread.
 */
final class TellSteps {
  private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(UTF_8);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(8);
  private static final int PAGE = 40; // of 25 KiB each at most

  private final Listener listener;
  private final ReadLedger ledger;
  private final WriteEvents events;
  private final Duration heartbeat;
  private final OutputStream client;
  private final Set<RequestId> open;
  private final Place begin;
  private @Nullable Reset reset;
  private long told;

  /** Asks the ledger about what is listened to. */
  interface ReadLedger {
    /** Steps with numbers above one and up to another, a page at most. */
    List<NumberedStep> steps(long after, long upTo, int limit);

    /** Those of these requests that there are. */
    Set<RequestId> knownAmong(Set<RequestId> requests);
  }

  /**
   * @param open requests that have not ended before the place where this begins
   */
  TellSteps(
      Listener listener,
      ReadLedger ledger,
      WriteEvents events,
      Duration heartbeat,
      OutputStream client,
      Place begin,
      Set<RequestId> open) {
    this.listener = listener;
    this.ledger = ledger;
    this.events = events;
    this.heartbeat = heartbeat;
    this.client = client;
    this.begin = begin;
    this.reset = begin.reset();
    this.told = begin.after();
    this.open = new HashSet<>(open);
  }

  /**
   * Until all requests have ended, the client is gone, or it is over for another reason.
   *
   * @throws IOException where the client does not read any more
   */
  void run() throws IOException, InterruptedException {
    write(events.beginning());
    flush();
    while (!isDone()) {
      switch (listener.next(heartbeat)) {
        case Joined(var upTo) -> begin(upTo);
        case WentBack _ -> reset = Reset.LEDGER_WENT_BACK;
        case StepTaken step -> tell(step);
        case Nothing _ -> write(HEARTBEAT);
        case Over _ -> {
          return;
        }
      }
      if (listener.hasHeardAll()) {
        flush();
      }
    }
    flush();
  }

  private boolean isDone() {
    return switch (listener.wanted()) {
      case Wanted.OfUser _ -> false;
      case Wanted.OfRequests _ -> open.isEmpty();
    };
  }

  private void begin(long upTo) throws IOException, InterruptedException {
    var why = reset;
    if (why != null) {
      reset = null;
      beginAnew(why, upTo);
    } else if (!begin.heard()) {
      told = Math.min(told, upTo); // steps that were being written are yet to come
    }
    tellOlder(upTo);
  }

  /** Requests are told from their first step again; a user's stream goes on with what is new. */
  private void beginAnew(Reset why, long upTo) throws IOException, InterruptedException {
    switch (listener.wanted()) {
      case Wanted.OfUser _ ->
          told = why == Reset.LEDGER_WENT_BACK ? upTo : Math.min(begin.after(), upTo);
      case Wanted.OfRequests(var ids) -> {
        told = 0;
        open.clear();
        open.addAll(answered(() -> ledger.knownAmong(ids)));
      }
    }
    write(events.reset(told, why));
    flush();
  }

  private void tellOlder(long upTo) throws IOException, InterruptedException {
    while (told < upTo && !isDone() && !listener.isOver()) {
      var after = told;
      var page = answered(() -> ledger.steps(after, upTo, PAGE));
      for (var step : page) {
        tell(events.of(step));
      }
      flush();
      if (page.size() < PAGE) {
        told = upTo;
      }
    }
  }

  /**
   * An outage of the ledger is waited out; where the question is too slow, it is asked ever less.
   */
  private <T> T answered(Supplier<T> question) throws IOException, InterruptedException {
    for (var pause = ASK_AGAIN;
        ;
        pause = pause.compareTo(LATER) < 0 ? pause.multipliedBy(2) : LATER) {
      try {
        return question.get();
      } catch (RuntimeException e) {
        if (!LedgerOutage.isBehind(e)) {
          throw e;
        }
        write(HEARTBEAT);
        flush();
        listener.rest(pause);
      }
    }
  }

  private void tell(StepTaken step) throws IOException {
    if (step.seq() > told) {
      write(step.event());
      told = step.seq();
    }
    if (step.last()) {
      open.remove(step.requestId());
    }
  }

  private void write(byte[] bytes) throws IOException {
    if (listener.isOver()) {
      throw new IOException("it is over"); // the client may need long to read what it has
    }
    client.write(bytes);
  }

  private void flush() throws IOException {
    client.flush();
  }
}
