package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.extras.openai.OrderAdmission.AdmittedOrder.OrderedJobs;
import dev.darkroom.gateway.http.ClientConnection;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.picture.PictureReader;
import dev.darkroom.gateway.wait.CompletionWaiter;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AnsweredKeyStore;
import dev.darkroom.ledger.jobs.AnsweredKeyStore.HeldKey;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.messaging.PublicUrl;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Waits for the pictures of an order and replies with them. Until the first one is there nothing is
 * written, so that a failure has the status that its client looks at.
 */
@Component
final class OrderReplies {
  private static final Logger log = LoggerFactory.getLogger(OrderReplies.class);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final Duration STORE_BACK = Duration.ofSeconds(5);

  private final CompletionWaiter waiter;
  private final JobQueries ledger;
  private final AnsweredKeyStore answers;
  private final PictureReader pictures;
  private final HeavyReaders readers;
  private final PictureBodies bodies;
  private final PublicUrl publicUrl;
  private final OpenAiSettings settings;

  OrderReplies(
      CompletionWaiter waiter,
      JobQueries ledger,
      AnsweredKeyStore answers,
      PictureReader pictures,
      HeavyReaders readers,
      PictureBodies bodies,
      PublicUrl publicUrl,
      OpenAiSettings settings) {
    this.waiter = waiter;
    this.ledger = ledger;
    this.answers = answers;
    this.pictures = pictures;
    this.readers = readers;
    this.bodies = bodies;
    this.publicUrl = publicUrl;
    this.settings = settings;
  }

  /** One order's way to its reply. */
  private record WaitingOrder(
      ImageOrder order,
      OrderedJobs jobs,
      long until,
      BooleanSupplier gone,
      HttpServletRequest request,
      HttpServletResponse response) {

    Duration left() {
      return Duration.ofNanos(Math.max(0, until - System.nanoTime()));
    }
  }

  /**
   * The reply, once all pictures are there; of a stream, once the first is.
   *
   * @return null where the reply was written
   * @throws IOException if the client or the store is gone after the first bytes, so that the
   *     connection is closed
   */
  @Nullable ResponseEntity<Object> reply(
      ImageOrder order, OrderedJobs jobs, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var waiting =
        new WaitingOrder(
            order,
            jobs,
            System.nanoTime() + settings.longestWait().toNanos(),
            ClientConnection.goneOf(request),
            request,
            response);
    return order.streamed() ? stream(waiting) : replyAtOnce(waiting);
  }

  private @Nullable ResponseEntity<Object> replyAtOnce(WaitingOrder waiting) throws IOException {
    var jobs = awaitAll(waiting);
    var problem = problemOf(jobs, waiting);
    if (problem.isPresent()) {
      return problem.get().answer();
    }
    List<BodyPart> body;
    try {
      body = bodies.json(jobs, waiting.order(), urls(waiting));
    } catch (IOException e) {
      return storeUnavailable(e).answer();
    }
    var response = waiting.response();
    bodies.writeHeaders(jobs, waiting.order(), response);
    response.setContentLengthLong(body.stream().mapToLong(BodyPart::length).sum());
    write(body, waiting);
    return null;
  }

  /** In the order of the jobs: all began at the same time. */
  private @Nullable ResponseEntity<Object> stream(WaitingOrder waiting) throws IOException {
    var ids = waiting.jobs().ids();
    for (var id : ids) {
      waiter.await(id, waiting.left(), waiting.gone());
      var job = find(List.of(id));
      if (!isComplete(job.getFirst())) {
        var problem = problemOf(awaitAll(waiting), waiting);
        if (problem.isPresent()) {
          return tellInStream(problem.get(), waiting);
        }
        job = find(List.of(id)); // it has completed since
      }
      BodyPart event;
      try {
        event = bodies.event(job.getFirst());
      } catch (IOException e) {
        return tellInStream(storeUnavailable(e), waiting);
      }
      if (!waiting.response().isCommitted()) {
        bodies.writeHeaders(job, waiting.order(), waiting.response());
      }
      if (id.equals(ids.getLast())) {
        write(List.of(event, BodyPart.of("\n\n")), waiting);
      } else {
        var client = readers.to(waiting.response());
        event.writeTo(client, pictures);
        BodyPart.of("\n\n").writeTo(client, pictures);
        client.flush();
      }
    }
    return null;
  }

  /** As a reply of its own, unless a picture was sent before. */
  private @Nullable ResponseEntity<Object> tellInStream(Problem problem, WaitingOrder waiting)
      throws IOException {
    if (!waiting.response().isCommitted()) {
      return problem.answer();
    }
    var client = readers.to(waiting.response());
    bodies.errorEvent(problem).writeTo(client, pictures);
    client.flush();
    return null;
  }

  /**
   * Writes a body, of which the last part makes it complete. That the client has it is noted before
   * that: its next request may be here as soon as it has read the end.
   */
  private void write(List<BodyPart> body, WaitingOrder waiting) throws IOException {
    waiting.response().flushBuffer(); // a failure from here on closes the connection
    var client = readers.to(waiting.response());
    for (var part : body.subList(0, body.size() - 1)) {
      part.writeTo(client, pictures);
    }
    client.flush();
    var key = waiting.jobs().key().filter(_ -> !waiting.gone().getAsBoolean());
    note(key, answers::noteAnswer);
    try {
      body.getLast().writeTo(client, pictures);
      client.flush();
    } catch (IOException e) {
      note(key, answers::withdrawAnswer);
      throw e;
    }
  }

  /** Without the note the next request gets the same pictures, for some minutes. */
  private static void note(Optional<HeldKey> key, Consumer<HeldKey> note) {
    try {
      key.ifPresent(note);
    } catch (DataAccessException e) {
      log.atDebug()
          .addKeyValue("request_id", key.orElseThrow().job())
          .setCause(e)
          .log("ledger unavailable; could not note that the client has its answer");
    }
  }

  private List<Job> awaitAll(WaitingOrder waiting) {
    waiting.jobs().ids().forEach(id -> waiter.await(id, waiting.left(), waiting.gone()));
    return find(waiting.jobs().ids());
  }

  private List<Job> find(List<RequestId> ids) {
    var found = ledger.findWithoutSteps(ids, Visibility.ALL); // its caller's, by the key
    if (found.size() < ids.size()) {
      throw new TransientDataAccessResourceException("the job was deleted in the meantime");
    }
    return found.stream()
        .sorted(Comparator.comparingInt(job -> ids.indexOf(job.requestId())))
        .toList();
  }

  /** Why there is no reply with pictures; empty where there is one. */
  private Optional<Problem> problemOf(List<Job> jobs, WaitingOrder waiting) {
    if (jobs.stream().allMatch(OrderReplies::isComplete)) {
      return Optional.empty();
    }
    if (jobs.stream().anyMatch(job -> job.finishedAt() == null)) {
      return Optional.of(stillRunning());
    }
    var key = waiting.jobs().key();
    var failure = OrderFailure.of(jobs, urls(waiting), key.isPresent());
    note(
        key.filter(_ -> !waiting.gone().getAsBoolean()),
        failure.worthRepeating() ? answers::free : answers::noteAnswer);
    return Optional.of(failure.problem());
  }

  private static boolean isComplete(Job job) {
    return job.status() == JobStatus.COMPLETED
        && job.picture() != null
        && job.pictureRemovedAt() == null;
  }

  private PictureUrls urls(WaitingOrder waiting) {
    return PictureUrls.of(waiting.request(), publicUrl);
  }

  /** The wait is over, or this gateway stops; whoever repeats the request goes on with waiting. */
  private static Problem stillRunning() {
    return Problem.unavailable(
            "The picture is not there yet, and its job goes on. Send the same request again to wait"
                + " for it, or GET /api/generate/{x-request-id}.",
            AT_ONCE)
        .with("code", "still_running");
  }

  private static Problem storeUnavailable(IOException e) {
    log.atWarn()
        .addKeyValue("reason", String.valueOf(e.getMessage()))
        .log("picture store is unavailable; the client gets 503");
    return Problem.unavailable(
            "The picture was made, but the picture store is unavailable. Send the same request"
                + " again in a few seconds.",
            STORE_BACK)
        .code(ProblemCode.STORE_UNAVAILABLE);
  }
}
