package dev.darkroom.worker.consume;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A source in memory that remembers what became of its records. */
final class TestingSource implements JobSource {
  private static final JobDelivery WAKE_UP = delivery();

  final List<JobDelivery> accepted = new CopyOnWriteArrayList<>();
  final List<JobDelivery> givenBack = new CopyOnWriteArrayList<>();
  final List<Duration> polledFor = new CopyOnWriteArrayList<>();
  final AtomicInteger polls = new AtomicInteger();
  final AtomicInteger keepAlives = new AtomicInteger();
  volatile boolean closed;
  volatile boolean interrupted;
  volatile boolean joined = true;
  private final BlockingQueue<JobDelivery> queue = new LinkedBlockingQueue<>();

  JobDelivery send() {
    var delivery = delivery();
    queue.add(delivery);
    return delivery;
  }

  private static JobDelivery delivery() {
    var request = new GenerationRequest("a fox", null, 0.7, 0.5, null, 512, 512, 42, null, null);
    var id = new RequestId(UUID.randomUUID());
    var received = new ConsumerRecord<>("jobs", 0, 0, id.toString(), new byte[0]);
    return new JobDelivery(
        new JobMessage(id, "ada", request, Map.of("parameters", Map.of()), Instant.MAX, ""),
        received);
  }

  @Override
  public List<JobDelivery> poll(Duration atMost) {
    polls.incrementAndGet();
    polledFor.add(atMost);
    var received = new ArrayList<JobDelivery>();
    try {
      var first = queue.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        received.add(first);
        queue.drainTo(received);
      }
    } catch (InterruptedException e) {
      interrupted = true;
      Thread.currentThread().interrupt();
    }
    received.remove(WAKE_UP);
    return received;
  }

  @Override
  public void accept(List<JobDelivery> deliveries) {
    accepted.addAll(deliveries);
  }

  @Override
  public void giveBack(List<JobDelivery> deliveries) {
    givenBack.addAll(deliveries);
    queue.addAll(deliveries);
  }

  @Override
  public void keepAlive() {
    keepAlives.incrementAndGet();
  }

  @Override
  public boolean hasJoined() {
    return joined;
  }

  @Override
  public void wakeUp() {
    queue.add(WAKE_UP);
  }

  @Override
  public void close() {
    closed = true;
  }
}
