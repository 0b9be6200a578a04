package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @Test
  void a_good_request_is_accepted() throws Exception {
    var reply = gateway.post("{\"prompt\":\"a lighthouse\"}");
    System.out.println(reply.response() + " " + reply.response().headers().map() + reply.body());
    java.nio.file.Files.writeString(
        java.nio.file.Path.of("/tmp/gwport"), gateway.port() + " " + gateway.managementPort());
    if (System.getProperty("hold") != null) new java.util.concurrent.CountDownLatch(1).await();
    assertThat(reply.status()).isEqualTo(202);
  }
}
