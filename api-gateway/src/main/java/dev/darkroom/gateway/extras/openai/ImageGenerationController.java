package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.extras.openai.ImageOrderParser.ParsedOrder;
import dev.darkroom.gateway.extras.openai.OrderAdmission.AdmittedOrder;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.gateway.submit.IdempotencyKeyHeader;
import dev.darkroom.gateway.submit.RequestBody;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders of clients of OpenAI's API. */
@RestController
class ImageGenerationController {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String NOTHING_DONE =
      " are waiting, so no job was accepted. Retry in a few seconds.";

  private final CallerRates rates;
  private final ImageOrderParser orders;
  private final OrderAdmission admission;
  private final OrderReplies replies;
  private final ClientLimiter limiter;
  private final RefusalLog refusals;
  private final AtomicInteger waiting = new AtomicInteger();

  ImageGenerationController(
      CallerRates rates,
      ImageOrderParser orders,
      OrderAdmission admission,
      OrderReplies replies,
      OpenAiSettings settings,
      RefusalLog refusals,
      MeterRegistry meters) {
    this.rates = rates;
    this.orders = orders;
    this.admission = admission;
    this.replies = replies;
    this.limiter = new ClientLimiter(settings.waits(), settings.perClient(), Duration.ZERO);
    this.refusals = refusals;
    Gauge.builder("darkroom.openai.waiting", waiting, AtomicInteger::get)
        .description("Requests that wait for their pictures, or get them")
        .register(meters);
  }

  /** A {@code Callable} waits, on a virtual thread; everything else is a reply. */
  @PostMapping(
      path = "/v1/images/generations",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object generate(HttpServletRequest request, HttpServletResponse response) {
    var tooFast = rates.refusalOfSubmission(request, response);
    if (tooFast != null) {
      return tooFast.answer();
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (orders.parse(text)) {
            case ParsedOrder.RefusedOrder(var problem) -> problem.answer();
            case ParsedOrder.ValidOrder(var order) -> generate(order, request, response);
          };
    };
  }

  private Object generate(
      ImageOrder order, HttpServletRequest request, HttpServletResponse response) {
    var key = IdempotencyKeyHeader.of(request);
    if (!key.errors().isEmpty()) {
      return Problem.badFields(key.errors()).answer();
    }
    Callable<@Nullable ResponseEntity<Object>> reply =
        () -> limited(order, key.key(), request, response);
    return reply;
  }

  private @Nullable ResponseEntity<Object> limited(
      ImageOrder order,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    return switch (limiter.enter(request)) {
      case Entry.Admitted place -> {
        waiting.incrementAndGet();
        try (place) {
          yield reply(order, key, request, response);
        } finally {
          waiting.decrementAndGet();
        }
      }
      case Entry.ClientHasTooMany _ ->
          refuse(Problem.tooMany("Too many of your requests" + NOTHING_DONE, RETRY_AFTER));
      case Entry.TooMany _ ->
          refuse(Problem.unavailable("Too many requests" + NOTHING_DONE, RETRY_AFTER));
    };
  }

  private @Nullable ResponseEntity<Object> reply(
      ImageOrder order,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    return switch (admission.admit(order, key, request, response)) {
      case AdmittedOrder.RefusedAdmission(var problem) -> problem.answer();
      case AdmittedOrder.OrderedJobs jobs -> replies.reply(order, jobs, request, response);
    };
  }

  private ResponseEntity<Object> refuse(Problem problem) {
    refusals.count("too_many_waits");
    return problem.code(ProblemCode.TOO_MANY_WAITS).answer();
  }
}
