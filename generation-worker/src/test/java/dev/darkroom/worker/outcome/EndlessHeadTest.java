package dev.darkroom.worker.outcome;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers whose lines would fill a worker's memory. The library's limits are in force; without them
 * each would end at last, with a picture.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class EndlessHeadTest {
  private static final int LENGTH = 50_000_000;

  private static final String BODY =
      "{\"data\":[{\"b64_json\":\"%s\"}]}"
          .formatted(Base64.getEncoder().encodeToString(TestingPicture.png(96, 64)));

  @TempDir Path pictures;

  @ParameterizedTest
  @ValueSource(ints = {1, 200_000})
  void fifty_megabytes_of_headers_are_not_read(int lines) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              write(exchange, "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n");
              for (var i = 0; i < lines; i++) {
                write(exchange, "a:" + "b".repeat(LENGTH / lines) + "\r\n");
              }
              write(exchange, "\r\n" + BODY);
            });

    assertThat(result.told()).contains(" attempt_outcome_unknown ");
  }

  @Test
  void nor_is_the_line_of_a_chunk() throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              write(exchange, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              write(exchange, "%x;".formatted(BODY.length()) + "b".repeat(LENGTH) + "\r\n");
              write(exchange, BODY + "\r\n0\r\n\r\n");
            });

    assertThat(result.told()).doesNotContain("completed");
  }

  private static void write(Exchange exchange, String text) throws IOException {
    exchange.out().write(text.getBytes(US_ASCII));
  }
}
