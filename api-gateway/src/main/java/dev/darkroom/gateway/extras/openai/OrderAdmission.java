package dev.darkroom.gateway.extras.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.submit.IdempotencyKeyHeader;
import dev.darkroom.gateway.submit.JobAdmission;
import dev.darkroom.gateway.submit.JobAdmission.Admission;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AnsweredKeyStore;
import dev.darkroom.ledger.jobs.AnsweredKeyStore.AnswerRetention;
import dev.darkroom.ledger.jobs.AnsweredKeyStore.HeldKey;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Submits orders, each once. OpenAI's client libraries repeat a request after a timeout or a lost
 * connection, and send no key with it. So an order has its own words as its key, among those of its
 * caller, and joins the jobs of an earlier one with the same words that still waits for its answer.
 */
@Component
final class OrderAdmission {
  /** How many of its repetitions went before; only their client libraries send it. */
  private static final String RETRY_COUNT = "X-Stainless-Retry-Count";

  private static final String KEY_PREFIX = "openai:";

  /** A client that lost the connection while it read the answer is back within this time. */
  private static final Duration ANSWER_KEPT = Duration.ofMinutes(5);

  /** Other clients may take the key as often as it is freed. */
  private static final int TRIES = 3;

  private final JobAdmission jobs;
  private final JobQueries ledger;
  private final AnsweredKeyStore answers;
  private final AnswerRetention kept;
  private final Counter joined;

  OrderAdmission(
      JobAdmission jobs,
      JobQueries ledger,
      AnsweredKeyStore answers,
      OpenAiSettings settings,
      MeterRegistry meters) {
    this.jobs = jobs;
    this.ledger = ledger;
    this.answers = answers;
    this.kept = new AnswerRetention(ANSWER_KEPT, settings.longestWait());
    this.joined =
        Counter.builder("darkroom.openai.joined")
            .description("Requests that joined the jobs of an earlier one with the same words")
            .register(meters);
  }

  /** What became of an order. */
  sealed interface AdmittedOrder {
    /**
     * Its jobs: new ones, or those of the request that it repeats.
     *
     * @param key made of its words; empty where the client sent one of its own
     */
    record OrderedJobs(List<RequestId> ids, Optional<HeldKey> key) implements AdmittedOrder {}

    record RefusedAdmission(Problem problem) implements AdmittedOrder {}
  }

  /**
   * @param own the key that the client sent, if any
   */
  AdmittedOrder admit(
      ImageOrder order,
      Optional<String> own,
      HttpServletRequest request,
      HttpServletResponse response) {
    var owner = Caller.of(request).owner();
    var key = own.orElseGet(() -> keyOf(order, request));
    for (var tries = 1; true; tries++) {
      switch (jobs.admit(order.submission(), owner, Optional.of(key), request, response)) {
        case Admission.NotAdmitted(var problem) -> {
          return new AdmittedOrder.RefusedAdmission(problem);
        }
        case Admission.NewJobs(var accepted) -> {
          var ids = accepted.stream().map(job -> job.message().requestId()).toList();
          var held = new HeldKey(owner, key, ids.getFirst());
          return new AdmittedOrder.OrderedJobs(
              ids, own.isPresent() ? Optional.empty() : Optional.of(held));
        }
        case Admission.EarlierJob(var first) -> {
          var ids = jobsOf(order, first);
          var held = new HeldKey(owner, key, first);
          if (own.isPresent() || tries == TRIES || isWanted(held, ids, request)) {
            joined.increment();
            response.setHeader(IdempotencyKeyHeader.REPLAYED, "true");
            return new AdmittedOrder.OrderedJobs(
                ids, own.isPresent() ? Optional.empty() : Optional.of(held));
          }
        }
      }
    }
  }

  private List<RequestId> jobsOf(ImageOrder order, RequestId first) {
    return order.submission().count() == 1
        ? List.of(first)
        : ledger.findGroupForSubmitter(first, Visibility.ALL).stream() // its caller's, by the key
            .map(Job::requestId)
            .toList();
  }

  /** Whether a client may still be without the answer of these jobs; otherwise the key is free. */
  private boolean isWanted(HeldKey key, List<RequestId> ids, HttpServletRequest request) {
    return ledger.endedAmong(ids).size() < ids.size()
        || !answers.freeIfSettled(key, ids, isRepetition(request), kept);
  }

  private static boolean isRepetition(HttpServletRequest request) {
    var count = request.getHeader(RETRY_COUNT);
    return count != null && count.strip().matches("[1-9]\\d*");
  }

  /** Where nobody says who they are, a caller is an address, as for limits. */
  private static String keyOf(ImageOrder order, HttpServletRequest request) {
    var words = ClientLimiter.clientOf(request) + "\n" + order.submission().fingerprint();
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return KEY_PREFIX + HexFormat.of().formatHex(digest.digest(words.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
