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
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Who may do what: every identity at every route and method of the API description, which names the
 * scopes. The table is written to target/access-table.md.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class AccessTableIT {
  private static final String UNKNOWN = "00000000-0000-7000-8000-000000000000";
  private static final Set<String> ALL = Set.of("generate", "read", "operate");
  private static final Set<String> OF_USERS = Set.of("generate", "read");
  private static final Set<String> NOTHING = Set.of();

  private static TestingIssuer issuer;
  private static TestingIssuer other;
  private static RunningGateway gateway;

  /** A name, its credentials, and what they are good for. */
  private record TestedIdentity(String name, String credential, Set<String> scopes) {
    boolean isAnybody() {
      return !scopes.isEmpty();
    }
  }

  @BeforeAll
  static void start() {
    issuer = TestingIssuer.start();
    other = TestingIssuer.start();
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.access.mode=required",
            "--darkroom.access.supabase-url=" + issuer.project());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    issuer.close();
    other.close();
  }

  @Test
  void every_identity_may_do_what_its_scopes_allow_at_every_route_and_nothing_else()
      throws IOException {
    var api = ApiDescription.of(gateway);
    var identities = identities();
    var job = submit(identities.get(1));
    var wrong = new ArrayList<String>();
    var rows = new LinkedHashMap<String, List<Integer>>();
    for (var operation : new TreeSet<>(api.operations())) {
      var statuses = new ArrayList<Integer>();
      for (var identity : identities) {
        var reply = ask(operation, identity, job);
        statuses.add(reply.status());
        wrong.addAll(complaints(api, operation, identity, reply));
      }
      rows.put(operation, statuses);
    }

    write(identities, rows, api);
    assertThat(wrong).isEmpty();
    assertThat(rows).hasSizeGreaterThan(30);
  }

  private static List<TestedIdentity> identities() {
    var user = issuer.claims("owner-a").build();
    return List.of(
        new TestedIdentity("none", "", NOTHING),
        new TestedIdentity("owner A", issuer.sign(user), OF_USERS),
        new TestedIdentity("owner B", key("owner-b", OF_USERS, null), OF_USERS),
        new TestedIdentity("read-only key", key("owner-a", Set.of("read"), null), Set.of("read")),
        new TestedIdentity("operator key", key("operator", ALL, null), ALL),
        new TestedIdentity(
            "service_role",
            issuer.token("", claims -> claims.subject(null).claim("role", "service_role")),
            ALL),
        new TestedIdentity(
            "expired token",
            issuer.token(
                "owner-a", claims -> claims.issueTime(past(7200)).expirationTime(past(60))),
            NOTHING),
        new TestedIdentity(
            "expired key", key("owner-a", ALL, Instant.now().minusSeconds(1)), NOTHING),
        new TestedIdentity("revoked key", revokedKey(), NOTHING),
        new TestedIdentity(
            "wrong audience", issuer.token("owner-a", claims -> claims.audience("other")), NOTHING),
        new TestedIdentity(
            "wrong issuer",
            issuer.token("owner-a", claims -> claims.issuer(other.issuer())),
            NOTHING),
        new TestedIdentity("alg none", TestingIssuer.unsigned(user), NOTHING),
        new TestedIdentity("HS256, public key", issuer.signWithPublicKey(user), NOTHING),
        new TestedIdentity("another project", other.sign(user), NOTHING));
  }

  private static Date past(int seconds) {
    return Date.from(Instant.now().minusSeconds(seconds));
  }

  private static String key(String owner, Set<String> scopes, @Nullable Instant expiresAt) {
    return store()
        .create(
            new NewAccessKey(owner, scopes, KeyLimits.DEFAULTS, expiresAt),
            AuditTrail.ofCommand(AuditAction.KEY_CREATE, "key"))
        .text()
        .text();
  }

  private static String revokedKey() {
    var text = key("owner-a", ALL, null);
    var id = AccessKeyText.parse(text).orElseThrow().id();
    assertThat(store().revoke(id, AuditTrail.ofCommand(AuditAction.KEY_REVOKE, "key"))).isPresent();
    return text;
  }

  private static AccessKeyStore store() {
    return gateway.bean(AccessKeyStore.class);
  }

  private static String submit(TestedIdentity identity) {
    var reply =
        gateway.post("{\"prompt\":\"a\"}", "Authorization", "Bearer " + identity.credential());
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    return reply.text("/requestId");
  }

  private static Reply ask(String operation, TestedIdentity identity, String job) {
    var parts = operation.split(" ", 2);
    var path =
        parts[1]
            .replace("{requestId}", parts[0].equals("GET") ? job : UNKNOWN)
            .replace("{file}", UNKNOWN + ".webp")
            .replaceAll("\\{[a-zA-Z]+}", UUID.randomUUID().toString());
    if (path.endsWith("/events") && path.contains(job)) {
      path = path.replace(job, UNKNOWN); // or it would go on
    }
    var request = gateway.request(path).header("Content-Type", "application/json");
    if (!identity.credential().isEmpty()) {
      request.header("Authorization", "Bearer " + identity.credential());
    }
    var body = parts[0].equals("POST") ? BodyPublishers.ofString("{}") : BodyPublishers.noBody();
    return gateway.send(request.method(parts[0], body));
  }

  private static List<String> complaints(
      ApiDescription api, String operation, TestedIdentity identity, Reply reply) {
    var wrong = new ArrayList<String>();
    var about = "%s by %s is %d".formatted(operation, identity.name(), reply.status());
    if (expected(api, operation, identity) != refusal(reply.status())) {
      wrong.add(about);
    }
    if (refusal(reply.status()) != 0) {
      api.complaints(operation, reply).forEach(one -> wrong.add(about + ": " + one));
      if (operation.startsWith("POST /api/session")) { // where the body is at issue
        return wrong;
      }
      var challenge = reply.header("WWW-Authenticate");
      var openAi = operation.contains(" /v1/");
      var code = reply.text(openAi ? "/error/code" : "/code");
      var unauthenticated = openAi ? "invalid_api_key" : "unauthenticated";
      if (!challenge.startsWith("Bearer")
          || (reply.status() == 403 && !code.equals("insufficient_scope"))
          || (reply.status() == 401 && !code.equals(unauthenticated))) {
        wrong.add(about + " with " + challenge + " and " + reply.body());
      }
    }
    return wrong;
  }

  /** 401, 403, or 0 for whatever the route itself replies. */
  private static int expected(ApiDescription api, String operation, TestedIdentity identity) {
    var security = api.operation(operation).path("security");
    if (security.isMissingNode()) {
      return 0;
    }
    if (!identity.isAnybody()) {
      return 401;
    }
    var scope = security.at("/0/bearer/0").asString();
    return identity.scopes().contains(scope) ? 0 : 403;
  }

  private static int refusal(int status) {
    return status == 401 || status == 403 ? status : 0;
  }

  private static void write(
      List<TestedIdentity> identities, Map<String, List<Integer>> rows, ApiDescription api)
      throws IOException {
    var table = new StringBuilder("| route | scope |");
    identities.forEach(identity -> table.append(' ').append(identity.name()).append(" |"));
    table.append("\n| --- | --- |").append(" --- |".repeat(identities.size())).append('\n');
    rows.forEach((operation, statuses) -> {
      var scope = api.operation(operation).at("/security/0/bearer/0").asString("–");
      table.append("| `%s` | %s |".formatted(operation, scope));
      statuses.forEach(status -> table.append(" %d |".formatted(status)));
      table.append('\n');
    });
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "access-table.md"), table);
  }

  @Test
  void pages_static_files_and_the_description_are_for_everybody_also_with_old_credentials() {
    for (var path :
        List.of(
            "/",
            "/generate",
            "/logs",
            "/operations",
            "/favicon.svg",
            "/client/api.js",
            "/v3/api-docs",
            "/v3/api-docs.yaml",
            "/swagger-ui/index.html")) {
      assertThat(gateway.get(path).status()).as(path).isEqualTo(200);
      assertThat(gateway.get(path, "Authorization", "Bearer nonsense").status())
          .as(path)
          .isEqualTo(200);
      assertThat(gateway.get(path, "Cookie", "darkroom_session=nonsense").status())
          .as(path)
          .isEqualTo(200);
    }
    assertThat(gateway.get("/nope").status()).isEqualTo(404);
  }

  @Test
  void no_spelling_of_a_path_gets_past() throws IOException {
    for (var path :
        List.of(
            "/api/logs/",
            "/api//logs",
            "//api/logs",
            "/./api/logs",
            "/pages/../api/logs",
            "/api/logs;a=b",
            "/api;a=b/logs",
            "/%61pi/logs",
            "/api/%6Cogs",
            "/api%2Flogs",
            "/API/LOGS",
            "/api/logs%00",
            "/api/logs.json",
            "/api/nope",
            "/generated/../api/logs",
            "/generated/x")) {
      for (var method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")) {
        var reply =
            RawHttp.send(
                gateway.port(),
                method + " " + path + " HTTP/1.1",
                "Host: localhost",
                "Content-Length: 0");
        assertThat(reply.status()).as(method + " " + path).isIn(400, 401, 404, 405);
      }
    }
  }

  @Test
  void somebody_who_is_known_is_told_what_there_is_not() {
    var operator = "Bearer " + key("operator", ALL, null);

    assertThat(gateway.get("/api/nope", "Authorization", operator).status()).isEqualTo(404);
    assertThat(
            gateway
                .send(
                    gateway
                        .request("/api/logs")
                        .header("Authorization", operator)
                        .method("PUT", BodyPublishers.noBody()))
                .status())
        .isEqualTo(405);
  }

  @Test
  void a_refusal_says_what_is_missing() {
    var nothing = gateway.get("/api/logs");
    assertThat(nothing.header("WWW-Authenticate")).isEqualTo("Bearer");
    BadInputIT.assertIsProblem(nothing);
    var nonsense = gateway.get("/api/logs", "Authorization", "Bearer a b");
    assertThat(nonsense.status()).isEqualTo(401);
    assertThat(nonsense.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
    var basic = gateway.get("/api/logs", "Authorization", "Basic YTpi");
    assertThat(basic.header("WWW-Authenticate")).isEqualTo("Bearer");
    var readOnly =
        gateway.post(
            "{\"prompt\":\"a\"}", "Authorization", "Bearer " + key("a", Set.of("read"), null));
    assertThat(readOnly.status()).isEqualTo(403);
    assertThat(readOnly.header("WWW-Authenticate"))
        .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"generate\"");
    assertThat(readOnly.text("/error")).contains("generate");
    assertThat(readOnly.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(readOnly.header("X-Request-Id")).isNotEmpty();
    assertThat(readOnly.header("Set-Cookie")).isEmpty();
  }

  @Test
  void a_preflight_needs_no_credentials_and_the_management_port_has_none() {
    assertThat(
            gateway
                .send(gateway.request("/api/logs").method("OPTIONS", BodyPublishers.noBody()))
                .status())
        .isEqualTo(200);
    assertThat(gateway.send(gateway.managementRequest("/actuator/health/readiness")).status())
        .isEqualTo(200);
  }
}
