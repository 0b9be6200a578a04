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
 * Looks for the pictures of many jobs concurrently, within the time that a round has for it: a slow
 * or hanging store must not keep jobs from ending at their deadline. Used by one thread.
 */
final class StoreLookup {
  private static final Logger log = LoggerFactory.getLogger(StoreLookup.class);

  private final PictureLookup store;
  private final Duration perRound;

  /** Platform threads: a virtual one that hangs in a file system would hold on to a carrier. */
  private final ThreadPoolExecutor threads;

  /** Finds one picture in the store. */
  interface PictureLookup {
    Optional<StoredPicture> find(RequestId id) throws IOException;
  }

  StoreLookup(PictureLookup store, int atOnce, Duration perRound) {
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
   * The pictures of the jobs. A job is missing in the result if the store failed or did not answer
   * in time. While all threads still wait for answers of earlier rounds, the store is not asked.
   */
  Map<RequestId, Optional<StoredPicture>> find(Set<RequestId> jobs) {
    var answers = new HashMap<RequestId, Optional<StoredPicture>>();
    if (jobs.isEmpty()) {
      return answers;
    }
    var failure = "earlier lookups have not returned";
    if (threads.getActiveCount() < threads.getMaximumPoolSize()) {
      var asked = new LinkedHashMap<RequestId, Future<Optional<StoredPicture>>>();
      jobs.forEach(id -> asked.put(id, threads.submit(() -> store.find(id))));
      failure = collect(asked, answers);
    }
    if (answers.size() < jobs.size()) {
      log.atWarn()
          .addKeyValue("jobs", jobs.size() - answers.size())
          .addKeyValue("reason", failure)
          .log(
              "the picture store did not say whether these jobs have pictures; the next round asks again");
    }
    return answers;
  }

  /** Returns the last failure, in words. */
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
        question.getValue().cancel(false); // it does not begin any more; one that hangs goes on
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
