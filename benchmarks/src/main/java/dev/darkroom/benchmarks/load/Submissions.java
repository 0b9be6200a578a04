package dev.darkroom.benchmarks.load;

import java.io.IOException;

/** Submits jobs over one connection. Prompts have one length, and begin with the job's tag. */
public final class Submissions implements Load.Connection {
  private static final String SCENE =
      "a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat, with gulls";

  private static final int ACCEPTED = 202;
  private static final int UNAVAILABLE = 503;

  private final HttpConnection http;
  private final String name;

  /**
   * @param name makes its prompts different from those of other loads
   */
  public Submissions(int port, String name) throws IOException {
    this.http = new HttpConnection(port);
    this.name = name;
  }

  /** By which a job's call is known when it arrives at the provider. */
  public static String tag(String name, int number) {
    return "%s-%06d".formatted(name, number);
  }

  public static String prompt(String name, int number) {
    return "<%s> %s".formatted(tag(name, number), SCENE);
  }

  @Override
  public boolean once(int number) throws IOException {
    var body = "{\"prompt\":\"%s\",\"style\":\"watercolor\"}".formatted(prompt(name, number));
    var reply = http.post("/api/generate", body);
    if (reply.status() != ACCEPTED && reply.status() != UNAVAILABLE) {
      throw new IOException("a job was not accepted: " + reply.text());
    }
    return reply.status() == ACCEPTED;
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
