package dev.darkroom.system.clients;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Clients. Each wants one picture, asks one gateway for it, and where no clear answer comes the
 * other one, with the same key, until it is told of a job. Every fourth follows its job to the end;
 * every fifth wants a webhook of it; every seventh asks both gateways at once. Where clients change
 * their minds, every ninth cancels its job soon after, and every tenth wants another such picture
 * when it has the first.
 */
public final class SubmittingClients implements AutoCloseable {
  private static final int TRIES = 100;
  private static final int FOLLOWED = 4;
  private static final int WITH_WEBHOOK = 5;
  private static final int IMPATIENT = 7;
  private static final int CANCELLING = 9;
  private static final int REPEATING = 10;
  private static final long PAUSE_MILLIS = 400;
  private static final int CONFLICT = 409;

  private final List<URI> gateways;
  private final SystemHttpClients http;
  private final String run;
  private final URI webhook;
  private final AtomicInteger count = new AtomicInteger();
  private final ConcurrentLinkedQueue<ClientSubmission> submissions = new ConcurrentLinkedQueue<>();
  private final Map<UUID, ClientObservations> seen = new ConcurrentHashMap<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger underWay = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean fickle;

  /**
   * @param webhook where those are told that want to
   */
  public SubmittingClients(String run, List<URI> gateways, URI webhook) {
    this.run = run;
    this.webhook = webhook;
    this.gateways = List.copyOf(gateways);
    this.http = new SystemHttpClients(Clock.systemUTC());
  }

  /** Until this is closed some cancel their jobs, and some want another picture. */
  public SubmissionLoad changeTheirMinds() {
    fickle = true;
    return () -> fickle = false;
  }

  /** One job, now. The future ends when the client was told of it, or gave up. */
  public Future<ClientSubmission> submit() {
    int number = count.incrementAndGet();
    underWay.incrementAndGet();
    return clients.submit(() -> {
      try {
        var submission = untilTold(number);
        submissions.add(submission);
        submission.accepted().ifPresent(job -> goOn(job, number));
        return submission;
      } finally {
        underWay.decrementAndGet();
      }
    });
  }

  /** Many at once. */
  public List<Future<ClientSubmission>> submit(int jobs) {
    var all = new ArrayList<Future<ClientSubmission>>();
    for (int i = 0; i < jobs; i++) {
      all.add(submit());
    }
    return all;
  }

  /** So many jobs a second, until the answer is closed. */
  public SubmissionLoad keepSubmitting(int perSecond) {
    var ticks =
        clock.scheduleAtFixedRate(
            () -> {
              var _ = submit();
            },
            0,
            1_000_000 / perSecond,
            TimeUnit.MICROSECONDS);
    return () -> ticks.cancel(false);
  }

  /** A stream of jobs; closing it ends it. */
  public interface SubmissionLoad extends AutoCloseable {
    @Override
    void close();
  }

  /** Submissions that came to an end. */
  public List<ClientSubmission> submissions() {
    return List.copyOf(submissions);
  }

  public int submitted() {
    return count.get();
  }

  /** Clients that have not been told yet. */
  public int underWay() {
    return underWay.get();
  }

  /** What those clients who asked again were told last. */
  public List<ClientObservations> seen() {
    return List.copyOf(seen.values());
  }

  private ClientSubmission untilTold(int number) throws InterruptedException, ExecutionException {
    var key = run + "-" + number;
    var prompt = "A fox in the snow, number " + number + " of " + run;
    var told = number % WITH_WEBHOOK == 0 ? webhook : null;
    var answers = new ConcurrentLinkedQueue<ClientReply>();
    if (number % IMPATIENT == 0) {
      var twin = clients.submit(() -> tryUntilTold(number + 1, key, prompt, told, answers));
      tryUntilTold(number, key, prompt, told, answers);
      twin.get();
    } else {
      tryUntilTold(number, key, prompt, told, answers);
    }
    return new ClientSubmission(key, prompt, List.copyOf(answers));
  }

  private @Nullable Void tryUntilTold(
      int first, String key, String prompt, @Nullable URI told, Collection<ClientReply> answers)
      throws InterruptedException {
    for (int turn = first; turn < first + TRIES; turn++) {
      var answer = http.submit(gateways.get(turn % gateways.size()), key, prompt, told);
      answers.add(answer);
      if (!answer.leavesOpen() || closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    return null;
  }

  private void goOn(UUID job, int number) {
    if (number % FOLLOWED == 0) {
      Thread.ofVirtual().start(() -> follow(job, number));
    }
    if (fickle && number % CANCELLING == 0) {
      Thread.ofVirtual().start(() -> cancel(job, number));
    }
    if (fickle && number % REPEATING == 0) {
      Thread.ofVirtual().start(() -> repeat(job, number));
    }
  }

  /** Some at once, some while they are drawn. */
  private void cancel(UUID job, int number) {
    try {
      var _ = closed.await(number % 3 * PAUSE_MILLIS / 4, TimeUnit.MILLISECONDS);
      for (int turn = number; turn < number + TRIES; turn++) {
        if (http.cancel(gateways.get(turn % gateways.size()), job)
            || closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void repeat(UUID original, int number) {
    var key = run + "-" + number + "-again";
    var prompt = "A fox in the snow again, number " + number + " of " + run;
    var answers = new ArrayList<ClientReply>();
    underWay.incrementAndGet();
    try {
      for (int turn = number; turn < number + TRIES; turn++) {
        var answer = http.replay(gateways.get(turn % gateways.size()), key, original, prompt);
        if (answer.status() == null || answer.status() != CONFLICT) { // it has not ended
          answers.add(answer);
          if (!answer.leavesOpen()) {
            break;
          }
        }
        if (closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
      submissions.add(new ClientSubmission(key, prompt, answers));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.decrementAndGet();
    }
  }

  private void follow(UUID id, int number) {
    try {
      for (int turn = number; !closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); turn++) {
        var answer = http.ask(gateways.get(turn % gateways.size()), id);
        if (answer != null) {
          seen.put(id, answer);
          if (answer.hasEnded()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nobody submits, asks or waits any longer. */
  @Override
  public void close() {
    closed.countDown();
    clock.shutdownNow();
    clients.shutdown();
    try {
      var _ = clients.awaitTermination(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
