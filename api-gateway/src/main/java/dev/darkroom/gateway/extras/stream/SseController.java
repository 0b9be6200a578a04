package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.stream.SseEncoder.ResetReason;
import dev.darkroom.gateway.extras.stream.SseStream.StreamStart;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogTail.TailPosition;
import dev.darkroom.ledger.log.StepQueries;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Opens streams. Each has a virtual thread of its own, and holds no thread of the web server. */
@RestController
class SseController implements SseStream.StepSource {
  private static final Logger log = LoggerFactory.getLogger(SseController.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final StepQueries ledger;
  private final SseHub hub;
  private final SseEncoder encoder;
  private final StreamSettings settings;
  private final ClientLimiter limiter;
  private final RefusalLog refusals;

  SseController(
      StepQueries ledger,
      SseHub hub,
      SseEncoder encoder,
      StreamSettings settings,
      RefusalLog refusals) {
    this.ledger = ledger;
    this.hub = hub;
    this.encoder = encoder;
    this.settings = settings;
    this.limiter = new ClientLimiter(Integer.MAX_VALUE, settings.perClient(), Duration.ZERO);
    this.refusals = refusals;
  }

  @GetMapping("/api/generate/{requestId}/events")
  Object jobEvents(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    return reply(Subscription.read(requestId, request), request, response);
  }

  @GetMapping("/api/events")
  Object events(HttpServletRequest request, HttpServletResponse response) {
    return reply(Subscription.read(request), request, response);
  }

  @Override
  public List<LogEntry> steps(Subscription subscription, long after, long upTo, int limit) {
    return subscription
        .userId()
        .map(userId -> ledger.ofUser(userId, subscription.visible(), after, upTo, limit))
        .orElseGet(() -> ledger.ofRequests(subscription.requestIds(), after, upTo, limit));
  }

  @Override
  public Set<RequestId> known(Subscription subscription) {
    return ledger.knownAmong(subscription.requestIds(), subscription.visible());
  }

  /** On a virtual thread, which takes its client's place only once it runs. */
  private Object reply(
      Parsed<Subscription> parsed, HttpServletRequest request, HttpServletResponse response) {
    return switch (parsed) {
      case Parsed.BadFields<Subscription>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<Subscription>(var subscription) ->
          (Callable<@Nullable ResponseEntity<Object>>)
              () -> limited(subscription, request, response);
    };
  }

  /** A stream keeps its client's place until it has ended. */
  private @Nullable ResponseEntity<Object> limited(
      Subscription subscription, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (limiter.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield open(subscription, request, response);
        }
      }
      case Entry.ClientHasTooMany _, Entry.TooMany _ -> {
        refusals.count("too_many_streams");
        yield Problem.tooMany(
                "Too many streams from your address. Close one, or retry in a few seconds.",
                RETRY_AFTER)
            .code(ProblemCode.TOO_MANY_STREAMS)
            .answer();
      }
    };
  }

  private @Nullable ResponseEntity<Object> open(
      Subscription subscription, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!exists(subscription)) {
      return Problem.of(
              HttpStatus.NOT_FOUND,
              "There is no job with this id; it is the requestId of the reply to POST"
                  + " /api/generate.")
          .answer();
    }
    var start = start(subscription);
    if (!subscription.isOfUser() && start.open().isEmpty()) {
      return ResponseEntity.noContent().header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      writeHeaders(response);
      return ResponseEntity.ok().build();
    }
    return stream(subscription, start, ReplyLinks.of(request), response);
  }

  /** Null where the client got a stream. */
  private @Nullable ResponseEntity<Object> stream(
      Subscription subscription, StreamStart start, ReplyLinks links, HttpServletResponse response)
      throws IOException {
    var stream =
        new SseStream(
            subscription, start, this, encoder, settings, links, response.getOutputStream());
    try {
      var position = hub.join(stream);
      if (position.isEmpty()) {
        refusals.count("too_many_listeners");
        return Problem.unavailable(
                "This gateway has too many streams at the moment. Retry in a few seconds.",
                RETRY_AFTER)
            .code(ProblemCode.TOO_MANY_STREAMS)
            .answer();
      }
      Optional.ofNullable(start.reset()).ifPresent(hub::countReset);
      writeHeaders(response);
      write(stream, position.get());
      return null;
    } finally {
      hub.leave(stream);
    }
  }

  private boolean exists(Subscription subscription) {
    var ids = subscription.requestIds();
    return subscription.isOfUser() || (!ids.isEmpty() && known(subscription).equals(ids));
  }

  private StreamStart start(Subscription subscription) {
    var ids = subscription.requestIds();
    var last = subscription.lastEventId();
    // also asked where it is not needed: in an outage of the ledger the reply is 503, not a stream
    var anew = subscription.isOfUser() ? ledger.newest() : 0;
    if (last.isEmpty()) {
      return new StreamStart(anew, ids, null);
    }
    var committed = ledger.committedBefore(last.getAsLong());
    if (committed.isEmpty()) {
      return new StreamStart(anew, ids, ResetReason.UNKNOWN_EVENT);
    }
    var open = new HashSet<>(ids);
    open.removeAll(ledger.endedUpTo(last.getAsLong(), ids));
    return new StreamStart(
        subscription.isOrdered() ? last.getAsLong() : committed.getAsLong(), open, null);
  }

  private static void writeHeaders(HttpServletResponse response) {
    response.setContentType("text/event-stream;charset=UTF-8");
    // a proxy that compresses would buffer steps, and so would nginx
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
    response.setHeader("X-Accel-Buffering", "no");
  }

  private static void write(SseStream stream, TailPosition position) {
    try {
      stream.write(position);
    } catch (IOException e) {
      log.debug("the client of a stream is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("subscription", stream.subscription())
          .setCause(e)
          .log("a stream failed unexpectedly; it ends, and its client reconnects");
    }
  }
}
