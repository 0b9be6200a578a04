package dev.darkroom.gateway.extras.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditFilter;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadAuditorIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final AuditStore audit = gateway.bean(AuditStore.class);
  private final ReadAuditor auditor = new ReadAuditor(audit);
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

  private void read(Scope scope, Map<String, String> parameters) {
    var request = new MockHttpServletRequest("GET", "/api/logs");
    parameters.forEach(request::setParameter);
    new Caller(actor, "its-owner", Set.of(scope), KeyLimits.DEFAULTS).isOf(request);
    assertThat(auditor.preHandle(request, new MockHttpServletResponse(), this)).isTrue();
  }

  private List<AuditedAction> entries() {
    return audit.page(AuditPosition.START, reads(actor), 10);
  }

  private static AuditFilter reads(@Nullable String actor) {
    return new AuditFilter(actor, AuditAction.READ, null, null, null);
  }
}
