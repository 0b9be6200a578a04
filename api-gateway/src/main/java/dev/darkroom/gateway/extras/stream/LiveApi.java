package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.extras.stream.ReadListening.Reading;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.log.NumberedStep;
import dev.darkroom.ledger.log.ReadSteps;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

/** Listening to steps. Each listener has the virtual thread of its request for as long. */
@RestController
class LiveApi {
  private static final Logger log = LoggerFactory.getLogger(LiveApi.class);
  private static final Duration FEWER_LISTENERS = Duration.ofSeconds(5);

  private final ReadSteps ledger;
  private final Listeners listeners;
  private final WriteEvents events;
  private final LiveSettings settings;
  private final ClientLimiter streams;
  private final RefusalLog refusals;

  LiveApi(
      ReadSteps ledger,
      Listeners listeners,
      WriteEvents events,
      LiveSettings settings,
      RefusalLog refusals) {
    this.refusals = refusals;
    this.streams = new ClientLimiter(Integer.MAX_VALUE, settings.perClient(), Duration.ZERO);
    this.ledger = ledger;
    this.listeners = listeners;
    this.events = events;
    this.settings = settings;
  }

  @GetMapping("/api/generate/{requestId}/events")
  @Nullable ResponseEntity<Object> ofRequest(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    return answer(ReadListening.of(requestId, request), request, response);
  }

  @GetMapping("/api/events")
  @Nullable ResponseEntity<Object> ofQuery(
      HttpServletRequest request, HttpServletResponse response) {
    return answer(ReadListening.of(request), request, response);
  }

  /** Null where the answer was a stream. */
  private @Nullable ResponseEntity<Object> answer(
      Reading reading, HttpServletRequest request, HttpServletResponse response) {
    return switch (streams.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield answerAdmitted(reading, request, response);
        }
      }
      case Entry.ClientHasTooMany _, Entry.TooMany _ -> {
        refusals.count("too_many_streams");
        yield Problem.of(
                HttpStatus.TOO_MANY_REQUESTS,
                "Your address has as many streams as one may have; close one, or try again in a few seconds.")
            .code(ProblemCode.TOO_MANY_STREAMS)
            .header(HttpHeaders.RETRY_AFTER, String.valueOf(FEWER_LISTENERS.toSeconds()))
            .answer();
      }
    };
  }

  private @Nullable ResponseEntity<Object> answerAdmitted(
      Reading reading, HttpServletRequest request, HttpServletResponse response) {
    return switch (reading) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Unknown _ -> unknown();
      case Reading.Understood(Wanted.OfUser wanted, var heard) -> {
        var now = ledger.newest(); // also tells a client of an outage, instead of a silent stream
        var begin = heard.isPresent() ? after(heard.getAsLong(), now) : new Place(now, false);
        yield listen(wanted, begin, Set.of(), request, response);
      }
      case Reading.Understood(Wanted.OfRequests wanted, var heard) ->
          ledger.knownAmong(wanted.requestIds()).size() < wanted.requestIds().size()
              ? unknown()
              : listenToRequests(
                  wanted,
                  heard.isPresent() ? after(heard.getAsLong(), 0) : Place.START,
                  request,
                  response);
    };
  }

  /**
   * A number that no step has is of another ledger, or of one that has gone back since.
   *
   * @param anew where the stream of such a client begins
   */
  private Place after(long heard, long anew) {
    return ledger.has(heard) ? new Place(heard, true) : Place.anewAfter(anew);
  }

  private @Nullable ResponseEntity<Object> listenToRequests(
      Wanted.OfRequests wanted,
      Place begin,
      HttpServletRequest request,
      HttpServletResponse response) {
    var open = new HashSet<>(wanted.requestIds());
    if (begin.heard()) {
      open.removeAll(ledger.endedUpTo(begin.after(), open));
    }
    return open.isEmpty()
        ? ResponseEntity.noContent().header(HttpHeaders.CACHE_CONTROL, "no-store").build()
        : listen(wanted, begin, open, request, response);
  }

  private @Nullable ResponseEntity<Object> listen(
      Wanted wanted,
      Place begin,
      Set<RequestId> open,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      promiseSteps(response);
      return null;
    }
    var listener = new Listener(wanted, settings.queue());
    if (!listeners.join(listener)) {
      refusals.count("too_many_listeners");
      return Problem.unavailable(
              "This gateway can't serve another stream at the moment; try again in a few seconds.",
              FEWER_LISTENERS)
          .code(ProblemCode.TOO_MANY_STREAMS)
          .answer();
    }
    if (begin.reset() != null) {
      listeners.countReset(begin.reset());
    }
    try {
      promiseSteps(response);
      tell(listener, begin, open, response);
    } finally {
      listeners.leave(listener);
    }
    return null;
  }

  private static void promiseSteps(HttpServletResponse response) {
    response.setContentType("text/event-stream;charset=UTF-8");
    // a proxy that compresses would keep steps until it has many, and so would nginx
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
    response.setHeader("X-Accel-Buffering", "no");
  }

  private void tell(
      Listener listener, Place begin, Set<RequestId> open, HttpServletResponse response) {
    try {
      new TellSteps(
              listener,
              of(listener.wanted()),
              events,
              settings.heartbeat(),
              response.getOutputStream(),
              begin,
              open)
          .run();
    } catch (IOException e) {
      log.debug("a listener is gone; whoever comes back is told the rest", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("wanted", listener.wanted())
          .setCause(e)
          .log("a stream of steps failed unexpectedly; it ends, and its client may resume it");
    }
  }

  private TellSteps.ReadLedger of(Wanted wanted) {
    return new TellSteps.ReadLedger() {
      @Override
      public List<NumberedStep> steps(long after, long upTo, int limit) {
        return switch (wanted) {
          case Wanted.OfUser(var userId) -> ledger.ofUser(userId, after, upTo, limit);
          case Wanted.OfRequests(var ids) -> ledger.ofRequests(ids, after, upTo, limit);
        };
      }

      @Override
      public Set<RequestId> knownAmong(Set<RequestId> requests) {
        return ledger.knownAmong(requests);
      }
    };
  }

  private static ResponseEntity<Object> unknown() {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "There is no job with this id; it is the requestId of the reply to POST /api/generate.")
        .answer();
  }
}
