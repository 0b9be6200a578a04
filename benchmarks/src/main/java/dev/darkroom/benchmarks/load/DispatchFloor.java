package dev.darkroom.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The floor of dispatching: what must happen before a call may be sent, one after the other. The
 * job is durable, Kafka has it, the step of the call is durable.
 */
public final class DispatchFloor implements LoadGenerator.LoadConnection {
  private static final byte[] VALUE = "x".repeat(400).getBytes(StandardCharsets.US_ASCII);

  private final TwoRowTransaction transaction;
  private final Producer<String, byte[]> producer;
  private final String topic;

  /**
   * @param producer shared, and closed by its owner
   */
  public DispatchFloor(
      TwoRowTransaction transaction, Producer<String, byte[]> producer, String topic) {
    this.transaction = transaction;
    this.producer = producer;
    this.topic = topic;
  }

  @Override
  public boolean once(int number) throws SQLException, InterruptedException, ExecutionException {
    var id = transaction.commit();
    var _ = producer.send(new ProducerRecord<>(topic, id.toString(), VALUE)).get();
    transaction.commitCall(id);
    return true;
  }

  @Override
  public void close() throws SQLException {
    transaction.close();
  }
}
