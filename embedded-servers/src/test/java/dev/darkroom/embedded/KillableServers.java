package dev.darkroom.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A JVM that writes to both servers, says so on its output, and waits to be killed. */
final class KillableServers {
  static final String READY = "ready ";

  private KillableServers() {}

  @SuppressWarnings("resource") // nobody closes what is killed
  public static void main(String[] folders) throws Exception {
    var postgres = EmbeddedPostgresServer.start(Path.of(folders[0]), 0);
    EmbeddedPostgresServerIT.execute(postgres, "create table greetings as select 'one' as text");
    var kafka = EmbeddedKafkaBroker.start(Path.of(folders[1]), 0, 0);
    var client = new BrokerClient(kafka.bootstrapServers());
    client.createTopic();
    client.send("one");
    System.out.println(READY + postgres.port() + " " + kafka.port() + " " + kafka.controllerPort());
    new CountDownLatch(1).await();
  }
}
