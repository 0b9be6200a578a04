package dev.darkroom.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The floor of dispatching: a job is durable, then Kafka has it. */
public final class CommitThenSend implements LoadGenerator.LoadConnection {
  private static final byte[] VALUE = "x".repeat(400).getBytes(StandardCharsets.US_ASCII);

  private final TwoRowTransaction transaction;
  private final Producer<String, byte[]> producer;
  private final String topic;

  /**
   * @param producer shared, and closed by its owner
   */
  public CommitThenSend(
      TwoRowTransaction transaction, Producer<String, byte[]> producer, String topic) {
    this.transaction = transaction;
    this.producer = producer;
    this.topic = topic;
  }

  @Override
  public boolean once(int number) throws SQLException, InterruptedException, ExecutionException {
    var id = transaction.commit().toString();
    var _ = producer.send(new ProducerRecord<>(topic, id, VALUE)).get();
    return true;
  }

  @Override
  public void close() throws SQLException {
    transaction.close();
  }
}
