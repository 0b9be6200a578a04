package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.HttpConnection;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A consumer who comes late reads the ends of all jobs, page after page. */
public final class HistoryBenchmark implements Benchmark {
  private static final int ENDED = 100_000;
  private static final int PAGE = 500;
  private static final Pattern EVENT = Pattern.compile("\"specversion\"");

  @Override
  public String name() {
    return "history";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    say.accept("making %,d jobs that have ended".formatted(ENDED));
    fill(database);
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker);
        var http = new HttpConnection(gateway.port())) {
      say.accept("reading them twice");
      var _ = readAll(http);
      var read = readAll(http);
      var findings = new Findings(name());
      findings.add("ends that were read", "", read.events(), BenchmarkTarget.atLeast(ENDED));
      findings.add("a page of %d, p50".formatted(PAGE), "ms", read.pages().p50());
      findings.add("a page of %d, p99".formatted(PAGE), "ms", read.pages().p99());
      findings.add("all of them", "s", read.seconds());
      return findings.all();
    }
  }

  private record WholeHistory(Latencies pages, int events, double seconds) {}

  private static WholeHistory readAll(HttpConnection http) throws IOException {
    var took = new ArrayList<Long>();
    int events = 0;
    long begin = System.nanoTime();
    for (var path = path(""); path != null; ) {
      long sent = System.nanoTime();
      var reply = http.get(path);
      took.add(System.nanoTime() - sent);
      if (reply.status() != 200) {
        throw new IOException("the history could not be read: " + reply.text());
      }
      events += (int) EVENT.matcher(reply.text()).results().count();
      var isLast = reply.text().contains("\"complete\":true");
      path = isLast ? null : path("&after=" + reply.field("next"));
    }
    return new WholeHistory(
        Latencies.ofNanos(took.stream().mapToLong(Long::longValue)),
        events,
        (System.nanoTime() - begin) / 1e9);
  }

  private static String path(String after) {
    return "/api/events/history?limit=%d%s".formatted(PAGE, after);
  }

  /** One in fifty has failed; each has three steps. */
  private static void fill(Database database) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                with kind as (
                  select n, uuidv7(interval '-1 day') as id, n % 50 = 0 as failed,
                    'user-' || n % 1000 as user_id
                  from generate_series(1, ?) as n),
                job as (
                  insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                    image_url, image_sha256, image_content_type, image_bytes, error_code, error_message, finished_at,
                    traceparent)
                  select id, user_id, jsonb_build_object(
                      'prompt', 'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || n,
                      'diffusionStrength', 0.7, 'styleIntensity', 0.5, 'width', 512, 'height', 512, 'seed', n),
                    '{"parameters": {"seed": 1}}', case when failed then 'failed' else 'completed' end, 1, now(),
                    case when not failed then '/generated/' || id || '.webp' end, case when not failed then repeat('ab', 32) end,
                    case when not failed then 'image/webp' end, case when not failed then 45000 end,
                    case when failed then 'bad_reply' end, case when failed then 'The reply had no picture.' end, now(),
                    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
                  from kind order by id)
                insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
                select id, user_id, 'a lighthouse', step.status, step.name,
                  now() - interval '1 day' + (n + step.number) * interval '100 milliseconds'
                from kind cross join lateral (
                  values (0, 'started', 'request_received'), (1, 'processing', 'calling_nebius_api'),
                    (2, case when failed then 'failed' else 'completed' end, 'x')) as step (number, status, name)
                order by n, step.number
                """)) {
      statement.setInt(1, ENDED);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_jobs, public.generation_logs");
    database.execute("checkpoint");
  }
}
