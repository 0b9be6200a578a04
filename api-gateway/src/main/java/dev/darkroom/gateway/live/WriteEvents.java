package dev.darkroom.gateway.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.gateway.logs.LogRow;
import dev.darkroom.ledger.log.NumberedStep;
import java.io.ByteArrayOutputStream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Steps as server-sent events (<a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the standard</a>): the id
 * is the step's number, the data its row as {@code GET /api/logs} shows it.
 */
@Component
final class WriteEvents {
  private static final byte[] ID = "id: ".getBytes(UTF_8);
  private static final byte[] DATA = "\ndata: ".getBytes(UTF_8);
  private static final byte[] END = "\n\n".getBytes(UTF_8);

  private final ObjectWriter json;

  WriteEvents(JsonMapper json) {
    // a line break would end the data
    this.json = json.writer().without(SerializationFeature.INDENT_OUTPUT);
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
