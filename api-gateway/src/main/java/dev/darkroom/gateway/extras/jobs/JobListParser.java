package dev.darkroom.gateway.extras.jobs;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.ledger.listing.JobListFilter;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of the list of jobs. */
final class JobListParser {
  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  private final RequestParameters parameters;

  private JobListParser(HttpServletRequest request) {
    this.parameters = new RequestParameters(request);
  }

  /**
   * The page of the list that a client asks for.
   *
   * @param after where the page before ended; null for the first one
   */
  record JobListQuery(JobListFilter filter, @Nullable RequestId after, int limit) {}

  static Parsed<JobListQuery> parse(HttpServletRequest request) {
    return new JobListParser(request).parse();
  }

  private Parsed<JobListQuery> parse() {
    var limit = parameters.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
    var after = cursor();
    var filter = filter();
    return parameters.parsed(
        () -> new JobListQuery(filter, after.orElse(null), Math.toIntExact(limit)));
  }

  private Optional<RequestId> cursor() {
    var cursor = parameters.text("cursor");
    var after = cursor.flatMap(JobCursor::parse);
    if (cursor.isPresent() && after.isEmpty()) {
      parameters.reject("cursor", "must be the nextCursor of an earlier reply");
    }
    return after;
  }

  private JobListFilter filter() {
    var status = parameters.oneOf("status", List.of(JobStatus.values()), JobStatus::word);
    var since = parameters.instant("since");
    var until = parameters.instant("until");
    if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
      parameters.reject("since", "must be earlier than until");
      parameters.reject("until", "must be later than since");
    }
    return new JobListFilter(
        status.orElse(null),
        parameters.storableText("errorCode").orElse(null),
        parameters.storableText("userId").orElse(null),
        since.orElse(null),
        until.orElse(null));
  }
}
