package dev.darkroom.gateway.extras.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.jobs.WorkerStore.LiveWorker;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the workers that renew their leases. */
@RestController
class WorkerController {
  private final WorkerStore workerStore;

  WorkerController(WorkerStore workerStore) {
    this.workerStore = workerStore;
  }

  /**
   * A worker in replies.
   *
   * @param version absent until it has said so
   * @param slots jobs that it can run at once
   * @param jobs that it has in hand
   * @param paused why it takes no jobs; absent if it does
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record WorkerView(
      String id,
      @Nullable String version,
      int slots,
      int jobs,
      Instant since,
      Instant leaseUntil,
      @Nullable WorkerPause paused) {
    static WorkerView of(LiveWorker worker) {
      return new WorkerView(
          worker.workerId(),
          worker.version().isEmpty() ? null : worker.version(),
          worker.slots(),
          worker.jobs(),
          worker.startedAt(),
          worker.leaseUntil(),
          worker.pauseReason() == null
              ? null
              : new WorkerPause(worker.pauseReason(), worker.pausedSince()));
    }
  }

  /** Why a worker takes no jobs, in a word, and since when. */
  record WorkerPause(String reason, @Nullable Instant since) {}

  /** All that live. */
  record WorkersView(List<WorkerView> workers) {}

  @GetMapping("/api/workers")
  ResponseEntity<WorkersView> list() {
    return ResponseEntity.ok()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(new WorkersView(workerStore.live().stream().map(WorkerView::of).toList()));
  }
}
