package dev.darkroom.system.clients;

import dev.darkroom.model.Topics;
import dev.darkroom.system.clients.ReceivedEvent.EventSighting;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A consumer of events that reads the topic from its beginning, and looks at once whether what an
 * event tells is so: whether the ledger has the job's end, and a gateway the picture.
 */
public final class EventRecorder implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** Beside them the topic has the ends of groups. */
  private static final String OF_JOBS = "darkroom.generation.";

  private final KafkaConsumer<String, byte[]> consumer;
  private final EventLedger ledger;
  private final List<URI> gateways;
  private final SystemHttpClients http = new SystemHttpClients(Clock.systemUTC());
  private final Clock clock = Clock.systemUTC();
  private final ConcurrentLinkedQueue<ReceivedEvent> events = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  public EventRecorder(String bootstrapServers, EventLedger ledger, List<URI> gateways) {
    this.ledger = ledger;
    this.gateways = List.copyOf(gateways);
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "metadata.max.age.ms", "2000",
                "reconnect.backoff.max.ms", "500"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.thread = Thread.ofPlatform().daemon().name("record-events").start(this::record);
  }

  /** Whom it asks whether a job has ended. */
  public interface EventLedger {
    /** Which of these jobs have ended; empty where the ledger does not answer. */
    Optional<Set<UUID>> endedAmong(List<UUID> ids);
  }

  /** All that came so far, in the order in which it came. */
  public List<ReceivedEvent> received() {
    return List.copyOf(events);
  }

  private void record() {
    try (consumer) {
      while (!closed.await(1, TimeUnit.MILLISECONDS)) {
        try {
          assignWhatIsThere();
          receive();
        } catch (KafkaException e) {
          var _ = closed.await(500, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** By hand, not as a member of a group: what is recorded depends on no coordinator. */
  private void assignWhatIsThere() throws InterruptedException {
    if (!consumer.assignment().isEmpty()) {
      return;
    }
    var partitions =
        Optional.ofNullable(consumer.listTopics(Duration.ofSeconds(5)).get(Topics.EVENTS))
            .orElse(List.of())
            .stream()
            .map(found -> new TopicPartition(found.topic(), found.partition()))
            .toList();
    if (partitions.isEmpty()) {
      var _ = closed.await(200, TimeUnit.MILLISECONDS);
    } else {
      consumer.assign(partitions);
    }
  }

  private void receive() throws InterruptedException {
    if (consumer.assignment().isEmpty()) {
      return;
    }
    var batch = new ArrayList<JsonNode>();
    for (var received : consumer.poll(Duration.ofMillis(200))) {
      var event = JSON.readTree(received.value());
      if (event.path("type").asString().startsWith(OF_JOBS)) {
        batch.add(event);
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    var now = clock.instant();
    var ends = batch.stream().filter(EventRecorder::isEnd).map(EventRecorder::requestId).toList();
    var ended = ends.isEmpty() ? Optional.<Set<UUID>>of(Set.of()) : ledger.endedAmong(ends);
    for (var event : batch) {
      events.add(read(event, now, ended));
    }
  }

  private ReceivedEvent read(JsonNode event, Instant now, Optional<Set<UUID>> ended)
      throws InterruptedException {
    var data = new HashMap<String, Object>();
    event
        .path("data")
        .properties()
        .forEach(field -> data.put(field.getKey(), value(field.getValue())));
    return new ReceivedEvent(
        now,
        requestId(event),
        event.path("id").asString(),
        event.path("type").asString(),
        OffsetDateTime.parse(event.path("time").asString()).toInstant(),
        data,
        isEnd(event) ? inLedger(requestId(event), ended) : EventSighting.NOT_SEEN,
        lookForPicture(event.path("data")));
  }

  private static Object value(JsonNode node) {
    return node.isNumber() ? node.asLong() : node.asString();
  }

  private static boolean isEnd(JsonNode event) {
    var type = event.path("type").asString();
    return type.endsWith(".completed") || type.endsWith(".failed");
  }

  private static UUID requestId(JsonNode event) {
    return UUID.fromString(event.path("subject").asString());
  }

  private static EventSighting inLedger(UUID id, Optional<Set<UUID>> ended) {
    return ended
        .map(known -> known.contains(id) ? EventSighting.THERE : EventSighting.MISSING)
        .orElse(EventSighting.NOT_SEEN);
  }

  private EventSighting lookForPicture(JsonNode data) throws InterruptedException {
    var imageUrl = data.path("imageUrl").asStringOpt();
    if (imageUrl.isEmpty()) {
      return EventSighting.NOT_SEEN;
    }
    for (var gateway : gateways) {
      var reply = http.fetch(gateway.resolve(imageUrl.get()));
      if (reply != null && reply.statusCode() == 200) {
        return sha256(reply.body()).equals(data.path("sha256").asString())
            ? EventSighting.THERE
            : EventSighting.MISSING;
      }
      if (reply != null && reply.statusCode() == 404) {
        return EventSighting.MISSING;
      }
    }
    return EventSighting.NOT_SEEN;
  }

  private static String sha256(byte @Nullable [] bytes) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(bytes == null ? new byte[0] : bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    consumer.wakeup();
    try {
      var _ = thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
