package dev.darkroom.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Submits the jobs of a series over one connection, and cancels each while its call is made. */
public final class Cancellations implements LoadGenerator.LoadConnection {
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final HttpConnection http;
  private final JobSeries jobs;
  private final Predicate<String> isCalled;

  private Cancellations(HttpConnection http, JobSeries jobs, Predicate<String> isCalled) {
    this.http = http;
    this.jobs = jobs;
    this.isCalled = isCalled;
  }

  /**
   * Connections to the gateway at this port.
   *
   * @param jobs remember when each was cancelled
   * @param isCalled whether the call for a tag has arrived at the provider
   */
  public static List<Cancellations> open(
      int connections, int port, JobSeries jobs, Predicate<String> isCalled) throws IOException {
    var opened = new ArrayList<Cancellations>();
    for (int i = 0; i < connections; i++) {
      opened.add(new Cancellations(new HttpConnection(port), jobs, isCalled));
    }
    return opened;
  }

  @Override
  public boolean once(int number) throws IOException {
    var reply = http.post("/api/generate", "{\"prompt\":\"%s\"}".formatted(jobs.prompt(number)));
    var job = reply.field("requestId");
    long giveUp = System.nanoTime() + PATIENCE;
    while (!isCalled.test(jobs.tag(number))) {
      if (System.nanoTime() - giveUp > 0) {
        throw new IOException("the call of " + job + " never arrived");
      }
      LockSupport.parkNanos(LOOK_AGAIN);
    }
    jobs.sendingNow(number);
    int status = http.delete("/api/generate/" + job).status();
    if (status != 200 && status != 202) {
      throw new IOException("%s could not be cancelled: %d".formatted(job, status));
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
