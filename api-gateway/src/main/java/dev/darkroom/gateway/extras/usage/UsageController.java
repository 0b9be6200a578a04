package dev.darkroom.gateway.extras.usage;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.statistics.UsageQueries;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what jobs have cost and brought. */
@RestController
class UsageController {
  private final UsageQueries usage;
  private final HeavyReaders readers;
  private final Clock clock;

  UsageController(UsageQueries usage, HeavyReaders readers, Clock clock) {
    this.usage = usage;
    this.readers = readers;
    this.clock = clock;
  }

  @GetMapping("/api/usage")
  @Nullable ResponseEntity<Object> usage(HttpServletRequest request) throws IOException {
    return switch (UsageRequest.of(request, clock.instant())) {
      case Parsed.BadFields<UsageRequest>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<UsageRequest>(var asked) ->
          readers.page(
              request, () -> JsonReply.of(HttpStatus.OK, sumUp(asked, Caller.of(request).sees())));
    };
  }

  private UsageReply sumUp(UsageRequest asked, Visibility visible) {
    var sums =
        usage.between(asked.since(), asked.until(), visible, asked.userId(), asked.grouping());
    return UsageReply.of(asked, sums);
  }
}
