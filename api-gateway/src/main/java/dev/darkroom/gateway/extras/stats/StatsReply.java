package dev.darkroom.gateway.extras.stats;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.provider.HoldUp;
import dev.darkroom.gateway.provider.ProviderName;
import dev.darkroom.gateway.provider.ProviderState;
import dev.darkroom.gateway.provider.ProviderState.State;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the system is doing.
 *
 * @param since the beginning of the first bucket
 * @param until the end of the last bucket, which may not be over yet
 * @param bucketSeconds how long each bucket is
 * @param now the open jobs, some seconds old at most
 * @param provider who draws: nebius, or the simulator that stands in for it
 * @param nebius what the latest calls say
 * @param timeToPicture of the pictures finished in the range
 * @param buckets oldest first, those without jobs among them
 * @param failures the failed jobs of the range by the code of their failure, most frequent first
 */
@Schema(name = "Stats")
record StatsReply(
    @JsonFormat(pattern = SECONDS, timezone = "UTC") Instant since,
    @JsonFormat(pattern = SECONDS, timezone = "UTC") Instant until,
    long bucketSeconds,
    Now now,
    ProviderName provider,
    Nebius nebius,
    TimeToPicture timeToPicture,
    List<Bucket> buckets,
    List<Failures> failures) {

  private static final String SECONDS = "yyyy-MM-dd'T'HH:mm:ssX";

  /**
   * @param waiting due, and not with a worker
   * @param scheduled they wait for their next attempt
   * @param running with a worker
   * @param oldestWaitingSeconds how long the longest waiting job has been due
   */
  @Schema(name = "StatsNow")
  record Now(long waiting, long scheduled, long running, double oldestWaitingSeconds) {}

  /**
   * @param code what is wrong; absent where the state is well or idle
   * @param reason why the latest call failed; where the state is struggling or away
   * @param paused whether jobs that are due wait for that
   * @param nextTryAt when calls may be made again, where that is known
   */
  @Schema(name = "StatsNebius")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Nebius(
      State state,
      @Nullable HoldUp code,
      @Nullable String reason,
      boolean paused,
      @JsonFormat(pattern = SECONDS, timezone = "UTC") @Nullable Instant nextTryAt) {
    static Nebius of(ProviderState told) {
      return new Nebius(told.state(), told.code(), told.reason(), told.paused(), told.nextTryAt());
    }
  }

  /**
   * @param pictures how many there were
   * @param medianSeconds from a job's acceptance to its picture, at most 2.5 % off; absent where
   *     there is no picture
   * @param p95Seconds the same, not exceeded by 95 % of the pictures
   */
  @Schema(name = "StatsTimeToPicture")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TimeToPicture(int pictures, @Nullable Double medianSeconds, @Nullable Double p95Seconds) {}

  /**
   * @param submitted jobs accepted in it
   * @param completed jobs that ended in it with their picture
   * @param failed jobs that ended in it without
   * @param medianSeconds of the pictures finished in it
   */
  @Schema(name = "StatsBucket")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Bucket(
      @JsonFormat(pattern = SECONDS, timezone = "UTC") Instant at,
      int submitted,
      int completed,
      int failed,
      @Nullable Double medianSeconds,
      @Nullable Double p95Seconds) {}

  @Schema(name = "StatsFailures")
  record Failures(String code, int jobs) {}
}
