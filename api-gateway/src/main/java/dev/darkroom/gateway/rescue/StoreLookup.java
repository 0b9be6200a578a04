package dev.darkroom.gateway.rescue;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
    var failure = "earlier lookups have not returned";
    if (threads.getActiveCount() < threads.getMaximumPoolSize()) {
      failure = ask(List.copyOf(jobs), answers);
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
  private String ask(List<RequestId> jobs, Map<RequestId, Optional<StoredPicture>> answers) {
    var failure = "no answer within " + perRound.toMillis() + " ms";
    try {
      var lookups = threads.invokeAll(questions(jobs), perRound.toMillis(), TimeUnit.MILLISECONDS);
      for (var i = 0; i < jobs.size(); i++) {
        var lookup = lookups.get(i);
        switch (lookup.state()) {
          case SUCCESS -> answers.put(jobs.get(i), lookup.resultNow());
          case FAILED -> failure = reason(lookup.exceptionNow());
          case CANCELLED, RUNNING -> {
            // the time was over
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }

  private static String reason(Throwable failure) {
    return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
  }

  private List<Callable<Optional<StoredPicture>>> questions(List<RequestId> jobs) {
    return jobs.stream()
        .<Callable<Optional<StoredPicture>>>map(id -> () -> store.find(id))
        .toList();
  }
}
