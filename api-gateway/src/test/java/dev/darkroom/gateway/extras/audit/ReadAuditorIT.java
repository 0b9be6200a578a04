package dev.darkroom.gateway.extras.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditFilter;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerMapping;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadAuditorIT {
  /** Sums over all jobs, and a caller's own endpoints. */
  private static final Set<String> OF_NOBODY_OR_OF_ONESELF =
      Set.of("/api/stats", "/api/models", "/api/webhooks");

  private final RunningGateway gateway = RunningGateway.shared();
  private final AuditStore audit = gateway.bean(AuditStore.class);
  private final ReadAuditor auditor = new ReadAuditor(audit, gateway.bean(JobQueries.class));
  private final String actor = "key:" + UUID.randomUUID();

  @Test
  void an_operator_who_searches_everybodys_jobs_is_written_down_once_without_what_they_searched() {
    read(Scope.OPERATE, Map.of("userId", "ada", "q", "a secret prompt"));

    assertThat(entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.action()).isEqualTo("read");
          assertThat(entry.target()).isEqualTo("user:ada");
          assertThat(entry.address()).isEqualTo("127.0.0.1");
          assertThat(entry.details())
              .isEqualTo(Map.of("path", "/api/logs", "parameters", "q userId"));
        });
  }

  @Test
  void an_operator_who_looks_at_a_job_of_another_owner_is_written_down_and_at_their_own_is_not() {
    var theirs = job("its-owner-" + actor);
    var own = job("its-owner");
    look("/api/generate/" + theirs, "requestId", theirs);
    look("/generated/" + theirs + ".webp", "file", theirs + ".webp");
    look("/api/generate/" + own, "requestId", own);
    look("/api/generate/" + UUID.randomUUID(), "requestId", UUID.randomUUID().toString());
    look("/api/generate/x", "requestId", "x");

    assertThat(entries())
        .hasSize(2)
        .allSatisfy(entry -> {
          assertThat(entry.target()).isEqualTo("job:" + theirs);
          assertThat(entry.owner()).isEqualTo("its-owner-" + actor);
        });
  }

  /** Or a new route would show what nobody writes down. */
  @Test
  void every_route_that_shows_what_may_be_anothers_is_known() {
    var shown =
        gateway.get("/v3/api-docs").json().get("paths").properties().stream()
            .filter(
                path -> path.getValue().at("/get/security/0/bearer/0").asString("").equals("read"))
            .map(Map.Entry::getKey)
            .filter(Predicate.not(OF_NOBODY_OR_OF_ONESELF::contains))
            .toList();

    assertThat(Stream.concat(ReadAuditor.OF_EVERYBODY.stream(), ReadAuditor.OF_A_JOB.stream()))
        .containsAll(shown);
  }

  @Test
  void who_reads_their_own_jobs_is_not() {
    read(Scope.READ, Map.of());

    assertThat(entries()).isEmpty();
  }

  @Test
  void nobody_is_where_access_is_open() {
    var before = audit.page(AuditPosition.START, reads(null), 500);

    assertThat(gateway.get("/api/logs?userId=ada").status()).isEqualTo(200);
    assertThat(gateway.get("/api/audit").status()).isEqualTo(200);

    assertThat(audit.page(AuditPosition.START, reads(null), 500)).isEqualTo(before);
  }

  private String job(String owner) {
    var id = new RequestId(Generators.timeBasedEpochRandomGenerator().generate());
    var request = new GenerationRequest("a", null, 0.7, 0.5, null, 512, 512, 7, null, null);
    var job =
        new NewJob(
            id,
            owner,
            "ada",
            request,
            Map.of("parameters", Map.of("model", "m")),
            Duration.ofMinutes(5),
            TraceParent.begin(new Random()),
            null,
            null,
            null);
    gateway.bean(JobStore.class).accept(List.of(job), 0);
    return id.toString();
  }

  private void look(String path, String variable, String value) {
    var request = new MockHttpServletRequest("GET", path);
    request.setAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of(variable, value));
    operator(Scope.OPERATE).isOf(request);
    assertThat(auditor.preHandle(request, new MockHttpServletResponse(), this)).isTrue();
  }

  private Caller operator(Scope scope) {
    return new Caller(actor, "its-owner", Set.of(scope), KeyLimits.DEFAULTS);
  }

  private void read(Scope scope, Map<String, String> parameters) {
    var request = new MockHttpServletRequest("GET", "/api/logs");
    parameters.forEach(request::setParameter);
    operator(scope).isOf(request);
    assertThat(auditor.preHandle(request, new MockHttpServletResponse(), this)).isTrue();
  }

  private List<AuditedAction> entries() {
    return audit.page(AuditPosition.START, reads(actor), 10);
  }

  private static AuditFilter reads(@Nullable String actor) {
    return new AuditFilter(actor, AuditAction.READ, null, null, null);
  }
}
