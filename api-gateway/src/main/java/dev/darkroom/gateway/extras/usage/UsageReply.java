package dev.darkroom.gateway.extras.usage;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.statistics.UsageQueries.UsageCounts;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGroup;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import dev.darkroom.ledger.statistics.UsageQueries.UsageSums;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reply of {@code GET /api/usage}; openapi.yaml describes it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record UsageReply(
    @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant since,
    @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant until,
    String groupBy,
    UsageItem total,
    List<UsageItem> groups,
    @Nullable UsageItem others) {

  private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  static UsageReply of(UsageRequest request, UsageSums sums) {
    return new UsageReply(
        request.since(),
        request.until(),
        UsageRequest.word(request.grouping()),
        UsageItem.of(sums.total()),
        sums.groups().stream().map(group -> UsageItem.of(group, request.grouping())).toList(),
        sums.others() == null ? null : UsageItem.of(sums.others()));
  }

  /** Sums; of a group with its day, user, model or provider. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record UsageItem(
      @Nullable String day,
      @Nullable String userId,
      @Nullable String model,
      @Nullable String provider,
      long jobs,
      long calls,
      BilledCalls billed,
      long pictures,
      long bytes) {

    static UsageItem of(UsageCounts counts) {
      return of(null, null, null, null, counts);
    }

    static UsageItem of(UsageGroup group, UsageGrouping grouping) {
      return switch (grouping) {
        case DAY -> of(group.name(), null, null, null, group.counts());
        case USER -> of(null, group.name(), null, null, group.counts());
        case MODEL -> of(null, null, group.name(), null, group.counts());
        case PROVIDER -> of(null, null, null, group.name(), group.counts());
      };
    }

    private static UsageItem of(
        @Nullable String day,
        @Nullable String userId,
        @Nullable String model,
        @Nullable String provider,
        UsageCounts counts) {
      return new UsageItem(
          day,
          userId,
          model,
          provider,
          counts.jobs(),
          counts.calls(),
          new BilledCalls(counts.billed(), counts.notBilled(), counts.unknown()),
          counts.pictures(),
          counts.bytes());
    }
  }

  /** Calls by what is known of the provider's bill for them. */
  record BilledCalls(long yes, long no, long unknown) {}
}
