package dev.darkroom.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Submits the jobs of a series over one connection. */
public final class Submissions implements LoadGenerator.LoadConnection {
  private static final int ACCEPTED = 202;
  private static final Set<Integer> DECLINED = Set.of(429, 503);

  private final HttpConnection http;
  private final JobSeries jobs;

  private Submissions(HttpConnection http, JobSeries jobs) {
    this.http = http;
    this.jobs = jobs;
  }

  /** Connections to the gateway at this port. */
  public static List<Submissions> open(int connections, int port, JobSeries jobs)
      throws IOException {
    return open(connections, port, jobs, null);
  }

  /**
   * The same for an owner.
   *
   * @param key of the owner; null where nobody is asked
   */
  public static List<Submissions> open(
      int connections, int port, JobSeries jobs, @Nullable String key) throws IOException {
    var opened = new ArrayList<Submissions>();
    for (int i = 0; i < connections; i++) {
      opened.add(new Submissions(new HttpConnection(port, key), jobs));
    }
    return opened;
  }

  @Override
  public boolean once(int number) throws IOException {
    var body = "{\"prompt\":\"%s\",\"style\":\"watercolor\"}".formatted(jobs.prompt(number));
    jobs.sendingNow(number);
    var reply = http.post("/api/generate", body);
    if (reply.status() != ACCEPTED && !DECLINED.contains(reply.status())) {
      throw new IOException("a job was not accepted: " + reply.text());
    }
    return reply.status() == ACCEPTED;
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
