package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PacedOutputTest {
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger tooSlow = new AtomicInteger();
  private final ByteArrayOutputStream client = new ByteArrayOutputStream();

  @Test
  void a_client_that_keeps_up_gets_everything() throws IOException {
    var bytes = new byte[1 << 20];
    try (var output = clientWith(32 * 1024)) {
      output.write(bytes);
      output.write(7);
    }
    assertThat(client.size()).isEqualTo(bytes.length + 1);
    assertThat(tooSlow).hasValue(0);
  }

  @Test
  void a_client_that_takes_a_little_now_and_then_is_left() {
    var output = clientWith(1024);
    assertThatThrownBy(() -> output.write(new byte[1 << 20])).isInstanceOf(IOException.class);
    assertThat(client.size()).isLessThan(32 * 1024);
    assertThat(tooSlow).hasValue(1);
  }

  @Test
  void what_the_ledger_takes_is_not_the_clients_fault() throws IOException {
    var output = clientWith(1 << 20);
    output.write(new byte[100]);
    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    output.write(new byte[100]);
    assertThat(client.size()).isEqualTo(200);
  }

  private PacedOutput clientWith(int bytesPerSecond) {
    var slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int from, int length) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1) * length / bytesPerSecond);
            client.write(bytes, from, length);
          }
        };
    return new PacedOutput(slow, clock::get, tooSlow::incrementAndGet);
  }
}
