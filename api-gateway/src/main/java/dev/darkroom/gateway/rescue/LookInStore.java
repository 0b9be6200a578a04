package dev.darkroom.gateway.rescue;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Looks for the pictures of many jobs at once, in the time that a round has for it: a store that is
 * slow or hangs must not keep jobs from ending at their deadline. For one thread.
 */
final class LookInStore {
  private static final Logger log = LoggerFactory.getLogger(LookInStore.class);

  private final Look store;
  private final Duration perRound;

  /** Platform threads: a virtual one that hangs in a file system would hold on to a carrier. */
  private final ThreadPoolExecutor threads;

  /** The store's own way to find a picture. */
  interface Look {
    Optional<StoredPicture> find(RequestId id) throws IOException;
  }

  LookInStore(Look store, int atOnce, Duration perRound) {
    this.store = store;
    this.perRound = perRound;
    this.threads =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("look-in-store-", 1).factory());
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * What the store says; of jobs that are not in the answer it said nothing in time, or failed.
   * While all threads still wait for answers of earlier rounds it is not asked at all.
   */
  Map<RequestId, Optional<StoredPicture>> find(Set<RequestId> jobs) {
    var answers = new HashMap<RequestId, Optional<StoredPicture>>();
    if (jobs.isEmpty()) {
      return answers;
    }
    var failure = "earlier questions are still unanswered";
    if (threads.getActiveCount() < threads.getMaximumPoolSize()) {
      var asked = new LinkedHashMap<RequestId, Future<Optional<StoredPicture>>>();
      jobs.forEach(id -> asked.put(id, threads.submit(() -> store.find(id))));
      failure = collect(asked, answers);
    }
    if (answers.size() < jobs.size()) {
      log.atWarn()
          .addKeyValue("jobs", jobs.size() - answers.size())
          .addKeyValue("reason", failure)
          .log("the picture store does not say whether these jobs have pictures; asked again");
    }
    return answers;
  }

  /** The last failure, in words. */
  private String collect(
      Map<RequestId, Future<Optional<StoredPicture>>> asked,
      Map<RequestId, Optional<StoredPicture>> answers) {
    var end = System.nanoTime() + perRound.toNanos();
    var failure = "";
    for (var question : asked.entrySet()) {
      try {
        var left = Math.max(0, end - System.nanoTime());
        answers.put(question.getKey(), question.getValue().get(left, TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        question.getValue().cancel(false); // it is not begun any more; what hangs, hangs
        failure = "no answer within " + perRound.toMillis() + " ms";
      } catch (ExecutionException e) {
        failure = String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
    }
    return failure;
  }
}
