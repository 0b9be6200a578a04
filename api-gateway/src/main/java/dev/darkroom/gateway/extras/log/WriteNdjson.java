package dev.darkroom.gateway.extras.log;

import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.json.JsonMapper;

/** One line for each row, which is the row's JSON as {@code GET /api/logs} shows it. */
final class WriteNdjson implements WriteLogs {
  private final OutputStream out;
  private final JsonMapper json;

  WriteNdjson(OutputStream out, JsonMapper json) {
    this.out = out;
    this.json = json;
  }

  @Override
  public void write(LogRow row) throws IOException {
    out.write(json.writeValueAsBytes(row));
    out.write('\n');
  }
}
