package dev.darkroom.gateway.extras.jobs;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.jobs.JobListParser.JobListQuery;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.listing.JobListQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Pages of the list of jobs. */
@RestController
class JobListController {
  private final JobListQueries jobs;
  private final HeavyReaders readers;
  private final JsonMapper json;

  JobListController(JobListQueries jobs, HeavyReaders readers, JsonMapper json) {
    this.jobs = jobs;
    this.readers = readers;
    this.json = json;
  }

  @GetMapping("/api/generate")
  @Nullable ResponseEntity<Object> list(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (JobListParser.parse(request)) {
      case Parsed.BadFields<JobListQuery>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<JobListQuery>(var query) ->
          readers.page(
              request, () -> readers.write(json, find(query, ReplyLinks.of(request)), response));
    };
  }

  private JobListReply find(JobListQuery query, ReplyLinks links) {
    return JobListReply.of(
        jobs.page(query.after(), query.filter(), query.limit()), query.limit(), links);
  }
}
