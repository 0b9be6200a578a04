package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of server-sent events, on a thread of its own, until it is closed. */
final class TestingListener implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** An event, with its data as it came; the name of one without a name is empty. */
  record Event(long id, String name, String data) {
    boolean isStep() {
      return name.isEmpty();
    }

    JsonNode json() {
      return JSON.readTree(data);
    }

    String step() {
      return json().get("step").asString();
    }

    String requestId() {
      return json().get("request_id").asString();
    }
  }

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpResponse<java.io.InputStream> response;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private volatile boolean ended;

  private TestingListener(RunningGateway gateway, String path, String... headers) {
    var request = gateway.request(path);
    try {
      response =
          client.send(
              (headers.length == 0 ? request : request.headers(headers)).build(),
              BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    assertThat(response.statusCode()).isEqualTo(200);
    Thread.ofVirtual().start(this::read);
  }

  static TestingListener to(RunningGateway gateway, String path, String... headers) {
    return new TestingListener(gateway, path, headers);
  }

  private void read() {
    var id = 0L;
    var name = "";
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(":") || line.startsWith("retry:")) {
          comments.add(line);
        } else if (line.startsWith("id: ")) {
          id = Long.parseLong(line.substring(4));
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          events.add(new Event(id, name, line.substring(6)));
          name = "";
        } else if (!line.isEmpty()) {
          throw new AssertionError("no line of an event: " + line);
        }
      }
    } catch (IOException e) {
      // the connection broke off, or was closed
    }
    ended = true;
  }

  HttpResponse<?> response() {
    return response;
  }

  List<Event> events() {
    return events;
  }

  List<String> comments() {
    return comments;
  }

  /** The steps of one job. */
  List<String> steps(String requestId) {
    return events.stream()
        .filter(Event::isStep)
        .filter(event -> event.requestId().equals(requestId))
        .map(Event::step)
        .toList();
  }

  List<String> steps() {
    return events.stream().map(Event::step).toList();
  }

  /** The event that says that nothing holds any more which came before it. */
  Event awaitReset() {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> events.stream().filter(event -> event.name().equals("reset")).findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  /** The steps that came after the latest reset. */
  List<Event> sinceReset() {
    var all = List.copyOf(events);
    var reset = all.stream().filter(event -> !event.isStep()).toList().getLast();
    return all.subList(all.indexOf(reset) + 1, all.size());
  }

  List<Event> awaitEvents(int count) {
    await().atMost(Duration.ofSeconds(20)).until(() -> events.size() >= count);
    return events;
  }

  /** Until the gateway has ended the stream. */
  List<Event> awaitEnd() {
    await().atMost(Duration.ofSeconds(20)).until(() -> ended);
    return events;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
