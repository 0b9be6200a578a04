package dev.darkroom.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Submits the jobs of a series in the names of users, one after the other. */
public final class UsersSubmissions implements LoadGenerator.LoadConnection {
  private static final int ACCEPTED = 202;

  private final HttpConnection http;
  private final JobSeries jobs;
  private final int users;
  private final List<String> accepted = new ArrayList<>();

  private UsersSubmissions(HttpConnection http, JobSeries jobs, int users) {
    this.http = http;
    this.jobs = jobs;
    this.users = users;
  }

  /** Connections to the gateway at this port. */
  public static List<UsersSubmissions> open(int connections, int port, JobSeries jobs, int users)
      throws IOException {
    var opened = new ArrayList<UsersSubmissions>();
    for (int i = 0; i < connections; i++) {
      opened.add(new UsersSubmissions(new HttpConnection(port), jobs, users));
    }
    return opened;
  }

  /** The name of a user. */
  public static String user(int number) {
    return "listener-%04d".formatted(number);
  }

  @Override
  public boolean once(int number) throws IOException {
    var body =
        "{\"prompt\":\"%s\",\"style\":\"watercolor\",\"userId\":\"%s\"}"
            .formatted(jobs.prompt(number), user(number % users));
    jobs.sendingNow(number);
    var reply = http.post("/api/generate", body);
    if (reply.status() != ACCEPTED) {
      throw new IOException("a job was not accepted: " + reply.text());
    }
    accepted.add(reply.field("requestId"));
    return true;
  }

  /** The requests that were accepted; to be asked after the load. */
  public List<String> accepted() {
    return List.copyOf(accepted);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
