package dev.darkroom.gateway.extras.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.gateway.extras.log.LogRow;
import dev.darkroom.ledger.log.NumberedStep;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Steps as server-sent events (<a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the standard</a>): the id
 * is the step's number, the data its row as {@code GET /api/logs} shows it. An event {@code reset}
 * says that nothing holds any more which was told before it.
 */
@Component
final class WriteEvents {
  private static final byte[] ID = "id: ".getBytes(UTF_8);
  private static final byte[] DATA = "\ndata: ".getBytes(UTF_8);
  private static final byte[] END = "\n\n".getBytes(UTF_8);

  /** All streams of a gateway that stops end at once, and must not all come back at once. */
  private static final Duration EARLIEST = Duration.ofSeconds(1);

  private static final Duration LATEST = Duration.ofSeconds(5);

  private final ObjectWriter json;
  private final RandomGenerator random;

  WriteEvents(JsonMapper json, RandomGenerator random) {
    // a line break would end the data
    this.json = json.writer().without(SerializationFeature.INDENT_OUTPUT);
    this.random = random;
  }

  /** What a stream begins with; it says when its client may come back after a break. */
  byte[] beginning() {
    var retry = random.nextLong(EARLIEST.toMillis(), LATEST.toMillis() + 1);
    return "retry: %d\n: steps follow\n\n".formatted(retry).getBytes(UTF_8);
  }

  /**
   * Tells a client to forget what it heard.
   *
   * @param after the steps that follow have numbers above this one
   */
  byte[] reset(long after, Reset why) {
    return "id: %d\nevent: reset\ndata: {\"reason\":\"%s\"}\n\n"
        .formatted(after, why.word())
        .getBytes(UTF_8);
  }

  News.StepTaken of(NumberedStep step) {
    var row = step.row();
    var event = new ByteArrayOutputStream();
    event.writeBytes(ID);
    event.writeBytes(Long.toString(step.seq()).getBytes(UTF_8));
    event.writeBytes(DATA);
    event.writeBytes(json.writeValueAsBytes(LogRow.of(row)));
    event.writeBytes(END);
    return new News.StepTaken(
        step.seq(), row.requestId(), row.status().isTerminal(), event.toByteArray());
  }
}
