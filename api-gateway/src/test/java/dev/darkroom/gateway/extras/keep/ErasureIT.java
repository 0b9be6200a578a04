package dev.darkroom.gateway.extras.keep;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.keep.ErasureStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.Lora;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.testservers.TestServers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A user is removed everywhere, from a gateway whose own loop stands still. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErasureIT {
  private static final String PROMPT = "the burial place of the third sister";
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final String WORKER = "a-worker";

  /** In these nothing is anybody's, or it is of users alone. */
  private static final Set<String> WITHOUT_OWNERS =
      Set.of(
          "darkroom.flyway_schema_history",
          "public.generation_epoch",
          "public.generation_groups",
          "public.generation_limits",
          "public.generation_link_secret",
          "public.generation_pauses",
          "public.generation_retention",
          "public.generation_topics",
          "public.generation_turns",
          "public.generation_webhook_cursor",
          "public.generation_workers");

  private RunningGateway gateway;
  private JdbcClient database;
  private ErasureRunner runner;
  private Path pictures;

  @BeforeAll
  void start(@TempDir Path folder) {
    pictures = folder;
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(), TestServers.kafka(), "--darkroom.picture.dir=" + folder);
    gateway.bean("erasuresLoop", BackgroundLoop.class).stop();
    database = gateway.bean(JdbcClient.class);
    runner = gateway.bean(ErasureRunner.class);
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void nothing_of_a_user_with_a_thousand_jobs_is_left_though_the_gateway_is_killed_halfway()
      throws IOException {
    var user = "agnes-" + UUID.randomUUID();
    var other = "other-" + UUID.randomUUID();
    var jobs = accept(user, 1_000);
    var others = accept(other, 20);
    var claimed = claim(jobs.subList(0, 320));
    for (var job : claimed.subList(0, 60)) {
      complete(job);
    }
    claimed.subList(60, 310).forEach(this::fail);
    var running = claimed.subList(310, 320);
    var otherJob = claim(others.subList(0, 1)).getFirst();
    complete(otherJob);
    stepOfServiceBefore(user);
    post("/api/operations/pause", "{\"userId\":\"%s\"}".formatted(user));
    gateway.post("{\"prompt\":\"x\",\"userId\":\"%s\"}".formatted(other));
    await().untilAsserted(() -> assertThat(count("generation_webhook_deliveries")).isPositive());
    assertThat(dump()).contains(PROMPT).contains(user);

    var counted = erase("{\"userId\":\"%s\",\"dryRun\":true}".formatted(user));
    assertThat(counted.status()).isEqualTo(200);
    assertThat(counted.json().get("jobs").asInt()).isEqualTo(1_000);
    assertThat(counted.json().get("open").asInt()).isEqualTo(690);
    assertThat(counted.json().get("pictures").asInt()).isEqualTo(60);

    var begun = erase("{\"userId\":\"%s\",\"reason\":\"Asked by %s.\"}".formatted(user, user));
    assertThat(begun.status()).isEqualTo(202);
    var killed =
        new ErasureRunner(
            gateway.bean(ErasureStore.class), gateway.bean(OutcomeStore.class), failing(30));
    assertThatThrownBy(() -> run(killed)).isInstanceOf(UncheckedIOException.class);
    assertThat(runner.round()).as("it is reserved for the one that was killed").isFalse();
    database.sql("update public.generation_erasures set reserved_until = now()").update();
    run(runner);
    assertThat(status(begun)).as("jobs are in workers' hands").isEqualTo("running");
    running.forEach(this::cut);
    await().until(() -> run(runner) && status(begun).equals("completed"));

    var dump = dump();
    assertThat(dump).doesNotContain(user).doesNotContain("erased:" + user);
    assertThat(linesOf(dump, PROMPT)).allMatch(line -> line.contains(other));
    assertThat(dump).doesNotContain("secret-key-" + user);
    assertThat(picturesOf(jobs)).isEmpty();
    assertThat(gateway.bean(PictureStore.class).find(others.getFirst())).isPresent();
    var done = gateway.get(begun.header("Location")).json().get("erasure");
    assertThat(done.get("jobs").asInt()).isEqualTo(1_000);
    assertThat(done.get("cancelled").asInt()).isEqualTo(690);
    assertThat(done.get("pictures").asInt()).isEqualTo(60);
    assertThat(done.get("reason").asString()).isEqualTo("Asked by [erased].");
    assertThat(done.get("userId").asString()).startsWith("erased:");
  }

  @Test
  void what_a_bill_needs_stays_and_the_job_is_still_readable() throws IOException {
    var user = "bertha-" + UUID.randomUUID();
    var jobs = accept(user, 2);
    claim(jobs.subList(0, 1)).forEach(this::complete);
    claim(jobs.subList(1, 2)).forEach(this::fail);
    var before = usage("");
    var begun = erase("{\"userId\":\"%s\",\"reason\":\"Asked.\"}".formatted(user));
    run(runner);

    var done = gateway.get(begun.header("Location")).json().get("erasure");
    assertThat(done.get("status").asString()).isEqualTo("completed");
    assertThat(usage("")).isEqualTo(before);
    var completed = gateway.get("/api/generate/" + jobs.getFirst());
    assertThat(completed.status()).isEqualTo(200);
    assertThat(completed.text("/metadata/prompt")).isEqualTo("[erased]");
    assertThat(completed.text("/metadata/model")).isEqualTo("m");
    assertThat(completed.text("/billing/billed")).isEqualTo("yes");
    assertThat(completed.json().has("imageUrl")).isFalse();
    assertThat(gateway.get("/api/generate/" + jobs.getLast()).text("/error/message"))
        .isEqualTo("[erased]");
    var name = done.get("userId").asString();
    assertThat(gateway.get("/api/generate?userId=" + name).json().get("jobs")).hasSize(2);
    var replayed = post("/api/generate/" + jobs.getFirst() + "/replay", "{}");
    assertThat(replayed.status()).isEqualTo(409);

    var again = erase("{\"userId\":\"%s\",\"reason\":\"Again.\"}".formatted(user));
    run(runner);
    var nothing = gateway.get(again.header("Location")).json().get("erasure");
    assertThat(nothing.get("jobs").asInt()).isZero();
    assertThat(nothing.get("steps").asInt()).isZero();
  }

  /** A new table fails this until it is filled here, or is named above. */
  @Test
  void nothing_of_an_owner_is_left_in_any_table() {
    var owner = "otto-" + UUID.randomUUID();
    var job = accept(owner, "a-label", 1).getFirst();
    var key = keyOf(owner);
    useEveryOtherTable(owner, job);
    var begun = erase("{\"owner\":\"%s\",\"reason\":\"Asked.\"}".formatted(owner));
    var tables = new TreeSet<>(tables());
    tables.removeAll(WITHOUT_OWNERS);
    assertThat(linesOf(dump(), owner).stream().map(line -> line.replaceFirst(" .*", "")))
        .containsAll(tables);
    assertThat(gateway.bean(AccessKeyStore.class).find(key).orElseThrow().key().isRevoked())
        .as("it opens the door no more")
        .isTrue();

    run(runner);

    assertThat(status(begun)).isEqualTo("completed");
    var dump = dump();
    assertThat(linesOf(dump, owner)).isEmpty();
    assertThat(linesOf(dump, key))
        .allMatch(line -> line.startsWith("public.generation_audit") && !line.contains("10.0.0.7"));
  }

  private String keyOf(String owner) {
    return gateway
        .bean(AccessKeyStore.class)
        .create(
            new NewAccessKey(owner, Set.of("generate"), KeyLimits.DEFAULTS, null),
            new AuditEntry(
                "user:" + owner, AuditAction.KEY_CREATE, "key", "", "10.0.0.7", null, Map.of()))
        .key()
        .id();
  }

  private void useEveryOtherTable(String owner, RequestId job) {
    for (var insert :
        List.of(
            """
            insert into public.generation_audit (actor, action, target, owner, address)
            select 'key:' || key_id, 'sign_in', 'session', :owner, '10.0.0.7' from public.generation_api_keys
            where owner = :owner and :job is not null
            """,
            """
            insert into public.generation_daily_jobs (name, day, jobs, granted, most)
            select 'key:' || key_id, current_date, 1, 1, 9 from public.generation_api_keys
            where owner = :owner and :job is not null
            union all select 'user:' || :owner, current_date, 1, 1, 9
            """,
            """
            insert into public.generation_operations (operation_id, action, filter, owner, next_before)
            values (:job::uuid, 'cancel', '{"userId": "nobody"}', :owner, :job::uuid)
            """,
            """
            insert into public.generation_webhook_secrets (owner, user_id, secret)
            select :owner, 'a-label', 'whsec' where :job is not null
            """,
            """
            insert into public.generation_webhook_endpoints (owner, user_id, address, lane)
            values (:owner, 'a-label', 'https://example.org/', :job::uuid)
            """,
            """
            insert into public.generation_webhook_deliveries (delivery_id, request_id, owner, user_id, endpoint_id, lane,
              url, event, body, occurred_at, state, give_up_at)
            values (gen_random_uuid(), gen_random_uuid(), :owner, 'a-label', :job::uuid, :job::uuid,
              'https://example.org/', 'completed', '{}', now(), 'delivered', now())
            """)) {
      database.sql(insert).param("owner", owner).param("job", job.toString()).update();
    }
  }

  @Test
  void an_erasure_is_written_down_without_the_name() {
    var user = "clara-" + UUID.randomUUID();
    var begun = erase("{\"userId\":\"%s\",\"reason\":\"Asked.\"}".formatted(user));
    var id = begun.text("/erasure/id");

    var audit = gateway.get("/api/audit?target=erasure:" + id);

    assertThat(audit.json().get("entries")).hasSize(1);
    assertThat(audit.text("/entries/0/actor")).isEqualTo("anybody");
    assertThat(audit.text("/entries/0/action")).isEqualTo("erase");
    assertThat(audit.text("/entries/0/address")).isIn("127.0.0.1", "0:0:0:0:0:0:0:1", "::1");
    assertThat(audit.body()).doesNotContain(user);
    run(runner);
  }

  private Reply erase(String body) {
    return post("/api/operations/erase", body);
  }

  private Reply post(String path, String body) {
    return gateway.send(
        gateway
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private String status(Reply begun) {
    return gateway.get(begun.header("Location")).text("/erasure/status");
  }

  /** Until there is nothing more to do at once. */
  private static boolean run(ErasureRunner runner) {
    while (runner.round()) {}
    return true;
  }

  private List<RequestId> accept(String user, int number) {
    return accept("", user, number);
  }

  private List<RequestId> accept(String owner, String user, int number) {
    var jobs =
        IntStream.range(0, number)
            .mapToObj(place ->
                new NewJob(
                    new RequestId(Generators.timeBasedEpochRandomGenerator().generate()),
                    owner,
                    user,
                    new GenerationRequest(
                        PROMPT,
                        PROMPT + " not",
                        0.7,
                        0.5,
                        PROMPT.substring(0, 20),
                        512,
                        512,
                        7,
                        null,
                        List.of(new Lora("https://example.com/" + user, 1))),
                    Map.of(
                        "parameters",
                        Map.of("model", "m", "prompt", PROMPT + " in oil", "seed", 7),
                        "cut",
                        Map.of("prompt", PROMPT)),
                    Duration.ofMinutes(5),
                    TraceParent.begin(new Random(place)),
                    new IdempotencyKey("secret-key-" + user + place, "f"),
                    null,
                    place % 100 == 0
                        ? new JobWebhook(
                            "https://example.com/" + user,
                            List.of(JobStatus.STARTED, JobStatus.FAILED))
                        : null))
            .toList();
    gateway.bean(JobStore.class).accept(jobs, 0);
    return jobs.stream().map(NewJob::id).toList();
  }

  private List<ClaimedJob> claim(List<RequestId> jobs) {
    return gateway.bean(JobStore.class).claimDue(WORKER, LEASE, UUID.randomUUID(), jobs);
  }

  private void complete(ClaimedJob job) {
    try (var upload = gateway.bean(PictureStore.class).upload(job.attempt().requestId())) {
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", upload.body());
      var picture = ((Stored) upload.commit()).picture();
      var record =
          new PictureRecord(
              picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
      assertThat(
              gateway
                  .bean(OutcomeStore.class)
                  .completeIfCurrent(job.attempt(), record, Map.of("asked", PROMPT)))
          .isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fail(ClaimedJob job) {
    assertThat(
            gateway
                .bean(OutcomeStore.class)
                .failIfCurrent(
                    job.attempt(),
                    Step.NEBIUS_API_ERROR,
                    "rejected",
                    "Not allowed: " + PROMPT,
                    Map.of("asked", PROMPT)))
        .isPresent();
  }

  /** As a worker does whose call was cut. */
  private void cut(ClaimedJob job) {
    assertThat(
            gateway
                .bean(OutcomeStore.class)
                .failIfCurrent(job.attempt(), Step.CANCELLED, "cancelled", "Cut.", Map.of()))
        .isPresent();
  }

  private void stepOfServiceBefore(String user) {
    database
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            values (gen_random_uuid(), :user, :prompt, 'completed', 'x', to_jsonb(:prompt::text), now() - interval '1 year')
            """)
        .param("user", user)
        .param("prompt", PROMPT)
        .update();
  }

  /** Of all rows of all tables, as text. */
  private String dump() {
    var dump = new StringBuilder();
    for (var table : tables()) {
      database
          .sql("select row::text from " + table + " as row")
          .query(String.class)
          .list()
          .forEach(row -> dump.append(table).append(' ').append(row).append('\n'));
    }
    return dump.toString();
  }

  private Set<String> tables() {
    var tables =
        database
            .sql(
                """
                select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'darkroom')
                """)
            .query(String.class)
            .stream()
            .map(String::valueOf)
            .collect(toSet());
    assertThat(tables).hasSizeGreaterThan(10);
    return tables;
  }

  private static List<String> linesOf(String dump, String text) {
    return dump.lines().filter(line -> line.contains(text)).toList();
  }

  private List<Path> picturesOf(List<RequestId> jobs) throws IOException {
    var ids = jobs.stream().map(RequestId::toString).toList();
    try (var files = Files.walk(pictures)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> ids.stream().anyMatch(file.toString()::contains) || contains(file, PROMPT))
          .toList();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long count(String table) {
    return database.sql("select count(*) from public." + table).query(Long.class).single();
  }

  private String usage(String parameters) {
    return gateway
        .get("/api/usage?since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z" + parameters)
        .json()
        .get("total")
        .toString();
  }

  /** The store, until it has deleted so many pictures; then every deletion fails. */
  private PictureStore failing(int after) {
    var store = gateway.bean(PictureStore.class);
    var deleted = new AtomicInteger();
    return (PictureStore)
        Proxy.newProxyInstance(
            PictureStore.class.getClassLoader(),
            new Class<?>[] {PictureStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("delete") && deleted.incrementAndGet() > after) {
                throw new IOException("killed");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
