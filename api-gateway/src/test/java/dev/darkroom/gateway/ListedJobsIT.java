package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Jobs as a list, and what they sum up to. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ListedJobsIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final String user = "list-" + UUID.randomUUID();

  @Test
  void each_job_says_how_it_stands_and_where_to_go_on() {
    var open = submit();
    var completed = submit();
    worker.complete(completed);
    var failed = submit();
    worker.fail(failed, "rejected");
    var running = submit();
    worker.claim(running);

    var reply = gateway.get("/api/generate?userId=" + user);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.json().propertyNames()).containsExactly("jobs", "limit");
    var jobs = reply.json().get("jobs");
    assertThat(ids(jobs)).containsExactly(running, failed, completed, open);

    assertThat(jobs.get(3).propertyNames())
        .containsExactly(
            "requestId",
            "userId",
            "status",
            "prompt",
            "model",
            "createdAt",
            "deadlineAt",
            "attempts",
            "billing",
            "links");
    assertThat(jobs.get(3).get("status").asString()).isEqualTo("started");
    assertThat(jobs.get(3).get("prompt").asString()).isEqualTo("a listed job");
    assertThat(jobs.get(3).get("model").asString()).isEqualTo("stability-ai/sdxl");
    assertThat(jobs.get(3).get("billing").toString()).isEqualTo("{\"billed\":\"no\",\"calls\":0}");
    assertThat(jobs.get(3).get("links").toString())
        .isEqualTo(
            "{\"self\":\"/api/generate/%1$s\",\"events\":\"/api/generate/%1$s/events\",\"cancel\":\"/api/generate/%1$s\"}"
                .formatted(open));

    assertThat(jobs.get(2).get("imageUrl").asString())
        .isEqualTo(jobs.get(2).at("/links/picture").asString())
        .isEqualTo("/generated/" + completed + ".webp");
    assertThat(jobs.get(2).get("attempts").intValue()).isEqualTo(1);
    assertThat(jobs.get(2).at("/links").has("cancel")).isFalse();
    assertThat(jobs.get(2).has("finishedAt")).isTrue();

    assertThat(jobs.get(1).at("/error/code").asString()).isEqualTo("rejected");
    assertThat(jobs.get(1).at("/links").propertyNames()).containsExactly("self", "events");

    assertThat(jobs.get(0).get("status").asString()).isEqualTo("processing");
    assertThat(jobs.get(0).get("billing").toString())
        .isEqualTo("{\"billed\":\"unknown\",\"calls\":1}");
  }

  @Test
  void the_cursor_leads_from_page_to_page_to_the_end() {
    var submitted = IntStream.range(0, 23).mapToObj(_ -> submit()).toList();
    var path = "/api/generate?limit=5&userId=" + user;
    var listed = new ArrayList<String>();
    for (var page = gateway.get(path); ; ) {
      listed.addAll(ids(page.json().get("jobs")));
      var next = page.text("/nextCursor");
      if (next.isEmpty()) {
        break;
      }
      page = gateway.get(path + "&cursor=" + next);
    }

    assertThat(listed).isEqualTo(submitted.reversed());
  }

  @Test
  void filters_narrow_the_list() {
    var failed = submit();
    worker.fail(failed, "content_refused");
    var open = submit();

    assertThat(listed("&status=failed")).containsExactly(failed);
    assertThat(listed("&errorCode=content_refused")).containsExactly(failed);
    assertThat(listed("&errorCode=rejected")).isEmpty();
    assertThat(listed("&status=started")).containsExactly(open);
    assertThat(listed("&status=processing")).isEmpty();
    assertThat(listed("&since=2026-01-01T00:00Z&until=2999-01-01T00:00Z"))
        .containsExactly(open, failed);
    assertThat(listed("&since=2998-01-01T00:00Z")).isEmpty();
    assertThat(listed("&until=2000-01-01T00:00Z")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/generate?limit=501&cursor=x&status=y, limit cursor status",
    "/api/generate?since=2026-11-24T12:30Z&until=2026-11-24T12:30Z, since until",
    "/api/usage?since=2020-01-01T00:00Z&groupBy=week, since groupBy",
    "/api/usage?userId=%00a, userId"
  })
  void what_is_wrong_is_a_400_that_names_it(String path, String fields) {
    var reply = gateway.get(path);

    assertThat(reply.status()).isEqualTo(400);
    BadInputIT.assertIsProblem(reply);
    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly(fields.split(" "));
  }

  @Test
  void sums_are_those_of_the_list() {
    for (var i = 0; i < 4; i++) {
      worker.complete(submit());
    }
    worker.claim(submit());
    submit();
    gateway
        .bean(JdbcClient.class)
        .sql(
            "update generation_jobs set calls = 3, calls_billed = 1, calls_unknown = 1 where user_id = :user and status = 'completed'")
        .param("user", user)
        .update();

    var reply = gateway.get("/api/usage?groupBy=user&userId=" + user);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    var usage = reply.json();
    assertThat(usage.propertyNames())
        .containsExactly("since", "until", "groupBy", "total", "groups");
    assertThat(usage.get("groupBy").asString()).isEqualTo("user");
    assertThat(usage.get("total").toString())
        .isEqualTo(
            "{\"jobs\":6,\"calls\":13,\"billed\":{\"yes\":4,\"no\":4,\"unknown\":5},\"pictures\":4,\"bytes\":49380}");
    assertThat(usage.get("groups")).hasSize(1);
    assertThat(usage.at("/groups/0/userId").asString()).isEqualTo(user);
    assertThat(usage.at("/groups/0/calls").intValue())
        .isEqualTo(
            gateway
                .get("/api/generate?userId=" + user)
                .json()
                .get("jobs")
                .valueStream()
                .mapToInt(job -> job.at("/billing/calls").intValue())
                .sum());

    var byDay = gateway.get("/api/usage?userId=" + user).json();
    assertThat(byDay.get("groups").size()).isBetween(30, 32);
    assertThat(byDay.at("/groups/0").propertyNames())
        .containsExactly("day", "jobs", "calls", "billed", "pictures", "bytes");
    assertThat(byDay.get("total")).isEqualTo(usage.get("total"));
    assertThat(gateway.get("/api/usage?groupBy=model&userId=" + user).text("/groups/0/model"))
        .isEqualTo("stability-ai/sdxl");
  }

  @Test
  void the_head_of_the_list_can_be_asked_for() {
    var reply =
        gateway.send(gateway.request("/api/generate").method("HEAD", BodyPublishers.noBody()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
  }

  private List<String> listed(String filter) {
    return ids(gateway.get("/api/generate?userId=" + user + filter).json().get("jobs"));
  }

  private static List<String> ids(JsonNode jobs) {
    return jobs.valueStream().map(job -> job.get("requestId").asString()).toList();
  }

  private String submit() {
    return gateway
        .post("{\"prompt\":\"a listed job\",\"userId\":\"" + user + "\"}")
        .text("/requestId");
  }
}
