package dev.darkroom.messaging;

import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What is sent in tests, and how it comes back. */
final class TestingRecords {
  static final RequestId ID =
      new RequestId(UUID.fromString("0198f0de-7a5b-7cde-8f01-23456789abcd"));
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  static final TraceParent TRACE =
      new TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  static final GenerationRequest REQUEST =
      new GenerationRequest("a \"fox\" 🦊", "a hound", 0.7, 0.5, null, 512, 768, 42, null, null);
  static final GenerationEvent COMPLETED =
      new GenerationEvent(
          ID,
          "ada",
          JobStatus.COMPLETED,
          2,
          "/generated/fox.webp",
          "ab".repeat(32),
          "image/webp",
          4_096L,
          NOON,
          null,
          null,
          null);

  private TestingRecords() {}

  static ConsumerRecord<String, byte[]> received(ProducerRecord<String, byte[]> sent) {
    var received = new ConsumerRecord<>(sent.topic(), 0, 7L, sent.key(), sent.value());
    sent.headers().forEach(received.headers()::add);
    return received;
  }
}
