package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.TestingIssuer;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.access.AccessKeyText;
import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.testservers.TestServers;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys by their routes, and pages that sign in. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeysAndSessionsIT {
  private static TestingIssuer issuer;
  private static RunningGateway gateway;
  private static ApiDescription api;
  private static String operator;

  @BeforeAll
  static void start() {
    issuer = TestingIssuer.start();
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.access.mode=required",
            "--darkroom.access.supabase-url=" + issuer.project() + "/",
            "--darkroom.access.supabase-public-key=sb_publishable_x");
    api = ApiDescription.of(gateway);
    var key =
        new NewAccessKey("ops", Set.of("generate", "read", "operate"), KeyLimits.DEFAULTS, null);
    operator =
        gateway
            .bean(AccessKeyStore.class)
            .create(key, AuditTrail.ofCommand(AuditAction.KEY_CREATE, "key"))
            .text()
            .text();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    issuer.close();
  }

  @Test
  void a_key_is_made_shown_once_listed_and_revoked() {
    var created =
        create(
            """
            {"owner": "shop", "scopes": ["read", "generate"], "expiresAt": "2999-01-01T00:00:00Z",
             "limits": {"requestsPerSecond": 5, "weight": 3}}
            """);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    assertThat(api.complaints("POST /api/keys", created)).isEmpty();
    var key = created.text("/key");
    var id = created.text("/id");
    assertThat(key).startsWith("dk_" + id + "_");
    assertThat(gateway.get("/api/logs", "Authorization", "Bearer " + key).status()).isEqualTo(200);

    var listed = gateway.get("/api/keys?owner=shop", "Authorization", "Bearer " + operator);
    assertThat(api.complaints("GET /api/keys", listed)).isEmpty();
    assertThat(listed.json().at("/keys")).hasSize(1);
    assertThat(listed.text("/keys/0/limits/weight")).isEqualTo("3");
    assertThat(listed.text("/keys/0/createdBy")).startsWith("key:");
    assertThat(listed.body()).doesNotContain(key).doesNotContain("hash");

    for (var again = 0; again < 2; again++) {
      var revoked = revoke(id);
      assertThat(revoked.status()).isEqualTo(200);
      assertThat(api.complaints("DELETE /api/keys/{keyId}", revoked)).isEmpty();
      assertThat(revoked.text("/revokedBy")).startsWith("key:");
    }
    assertThat(gateway.get("/api/logs", "Authorization", "Bearer " + key).status()).isEqualTo(401);
    assertThat(revoke("nonsense").status()).isEqualTo(404);
    var audit = audit("target=key:" + id);
    assertThat(audit.json().get("entries").findValuesAsString("action"))
        .containsExactly("key_revoke", "key_create");
    assertThat(audit.json().at("/entries/1/details/scopes").toString())
        .isEqualTo("[\"generate\",\"read\"]");
    assertThat(audit.text("/entries/1/owner")).isEqualTo("shop");
    assertThat(audit.text("/entries/0/trace")).isNotEmpty();
  }

  @Test
  void a_signed_link_is_a_503_while_nobody_can_tell_whose_it_is() throws SQLException {
    var accepted =
        gateway
            .post("{\"prompt\":\"a\"}", "Authorization", "Bearer " + operator)
            .text("/links/events");
    try (var connection = gateway.bean(DataSource.class).getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table public.generation_jobs in access exclusive mode");
      var reply = gateway.get(accepted);
      connection.rollback();

      assertThat(reply.status()).as(reply.body()).isEqualTo(503);
      assertThat(reply.text("/code")).isEqualTo("query_too_slow");
      assertThat(reply.header("Retry-After")).isNotEmpty();
      BadInputIT.assertIsProblem(reply);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | owner",
        "{\"owner\":\"\",\"scopes\":[\"read\"]} | owner",
        "{\"owner\":\"a\"} | scopes",
        "{\"owner\":\"a\",\"scopes\":[]} | scopes",
        "{\"owner\":\"a\",\"scopes\":\"read\"} | scopes",
        "{\"owner\":\"a\",\"scopes\":[\"write\"]} | scopes",
        "{\"owner\":\"a\",\"scopes\":[7]} | scopes",
        "{\"owner\":\"a\",\"scopes\":[\"read\"],\"expiresAt\":\"2020-01-01T00:00:00Z\"} |"
            + " expiresAt",
        "{\"owner\":\"a\",\"scopes\":[\"read\"],\"expiresAt\":\"soon\"} | expiresAt",
        "{\"owner\":\"a\",\"scopes\":[\"read\"],\"limits\":{\"weight\":101}} | limits.weight",
        "{\"owner\":\"a\",\"scopes\":[\"read\"],\"limits\":{\"openJobs\":0}} | limits.openJobs",
        "[] | body",
        "nonsense | body"
      })
  void a_bad_key_names_its_field(String body, String field) {
    var reply = create(body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").findValuesAsString("field")).contains(field);
  }

  @Test
  void a_page_signs_in_with_a_key_and_out() {
    var before = gateway.get("/api/session");
    assertThat(api.complaints("GET /api/session", before)).isEmpty();
    assertThat(before.json().get("signedIn").asBoolean()).isFalse();
    assertThat(before.text("/mode")).isEqualTo("required");
    assertThat(before.text("/supabase/url")).isEqualTo(issuer.project());
    assertThat(before.text("/supabase/publicKey")).isEqualTo("sb_publishable_x");

    var begun = begin("{\"key\":\"%s\"}".formatted(operator));
    assertThat(begun.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/session", begun)).isEmpty();
    assertThat(begun.text("/owner")).isEqualTo("ops");
    var cookie = begun.header("Set-Cookie");
    assertThat(cookie)
        .contains("darkroom_session=", "Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=2592000")
        .doesNotContain("Secure");

    var sent = cookie.replaceFirst(";.*", "");
    assertThat(gateway.get("/api/operations", "Cookie", sent).status()).isEqualTo(200);
    var session = gateway.get("/api/session", "Cookie", sent);
    assertThat(session.json().get("signedIn").asBoolean()).isTrue();
    assertThat(session.json().get("scopes").toString())
        .isEqualTo("[\"generate\",\"read\",\"operate\"]");

    var ended = gateway.send(gateway.request("/api/session").header("Cookie", sent).DELETE());
    assertThat(ended.status()).isEqualTo(204);
    assertThat(ended.header("Set-Cookie")).contains("darkroom_session=;", "Max-Age=0");

    var audit = audit("actor=key:" + AccessKeyText.parse(operator).orElseThrow().id());
    assertThat(audit.json().get("entries").findValuesAsString("action"))
        .containsSubsequence("sign_out", "sign_in");
  }

  @Test
  void a_page_signs_in_with_a_token_for_as_long_as_it_is_good() {
    var begun = begin("{\"token\":\"%s\"}".formatted(issuer.token("ada")));

    assertThat(begun.status()).isEqualTo(200);
    assertThat(begun.text("/owner")).isEqualTo("ada");
    var age = begun.header("Set-Cookie").replaceFirst(".*Max-Age=(\\d+).*", "$1");
    assertThat(Integer.parseInt(age)).isBetween(3500, 3600);
  }

  /** A header is what a client says; the cookie is what a browser adds. */
  @Test
  void a_header_comes_before_the_cookie() {
    var good = "darkroom_session=" + operator;
    assertThat(
            gateway.get("/api/logs", "Authorization", "Bearer nonsense", "Cookie", good).status())
        .isEqualTo(401);
    assertThat(gateway.get("/api/logs", "Cookie", "darkroom_session=nonsense").status())
        .isEqualTo(401);
    assertThat(
            gateway
                .get("/api/session", "Cookie", "darkroom_session=nonsense")
                .json()
                .get("signedIn")
                .asBoolean())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400",
        "{\"key\":\"a\",\"token\":\"b\"} | 400",
        "{\"key\":7} | 400",
        "{\"key\":\"dk_nonsense\"} | 401",
        "{\"token\":\"nonsense\"} | 401"
      })
  void what_is_good_for_nothing_makes_no_cookie(String body, int status) {
    var reply = begin(body);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(api.complaints("POST /api/session", reply)).isEmpty();
    assertThat(reply.header("Set-Cookie")).isEmpty();
  }

  @Test
  void a_sign_in_with_a_key_that_is_not_good_is_written_down_without_its_secret() {
    var id = "Forgotten000";
    var key = "dk_%s_%s".formatted(id, "0".repeat(43));
    assertThat(begin("{\"key\":\"%s\"}".formatted(key)).status()).isEqualTo(401);

    var audit = audit("action=sign_in_refused&target=key:" + id);
    assertThat(audit.json().get("entries")).hasSize(1);
    assertThat(audit.text("/entries/0/actor")).isEqualTo("nobody");
    assertThat(audit.text("/entries/0/address")).isEqualTo("127.0.0.1");
    assertThat(audit("action=sign_in_refused").body()).doesNotContain("0".repeat(43));
  }

  /** Another site could sign somebody in to an account of its own, and read what they do there. */
  @Test
  void a_page_of_another_site_signs_nobody_in() {
    var reply =
        gateway.send(
            gateway
                .request("/api/session")
                .header("Content-Type", "application/json")
                .header("Sec-Fetch-Site", "cross-site")
                .POST(BodyPublishers.ofString("{\"key\":\"%s\"}".formatted(operator))));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.header("Set-Cookie")).isEmpty();
  }

  /** Or whoever comes by would have a key for the day on which access is required. */
  @Test
  void where_access_is_open_there_are_no_sessions_and_nobody_makes_keys() {
    var open = RunningGateway.shared();

    assertThat(open.get("/api/session").body()).isEqualTo("{\"mode\":\"open\"}");
    assertThat(open.get("/api/keys").status()).isEqualTo(403);
    var created =
        open.send(
            open.request("/api/keys")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"owner\":\"eve\",\"scopes\":[\"operate\"]}")));
    assertThat(created.status()).isEqualTo(403);
    assertThat(created.text("/code")).isEqualTo("forbidden");
    assertThat(api.complaints("POST /api/keys", created)).isEmpty();
    assertThat(open.send(open.request("/api/keys/x").DELETE()).status()).isEqualTo(403);
    assertThat(open.get("/api/logs", "Authorization", "Bearer nonsense").status()).isEqualTo(200);
  }

  private static Reply create(String body) {
    return gateway.send(
        gateway
            .request("/api/keys")
            .header("Authorization", "Bearer " + operator)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static Reply revoke(String id) {
    return gateway.send(
        gateway.request("/api/keys/" + id).header("Authorization", "Bearer " + operator).DELETE());
  }

  private static Reply audit(String query) {
    var reply = gateway.get("/api/audit?" + query, "Authorization", "Bearer " + operator);
    assertThat(api.complaints("GET /api/audit", reply)).isEmpty();
    return reply;
  }

  private static Reply begin(String body) {
    return gateway.send(
        gateway
            .request("/api/session")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
