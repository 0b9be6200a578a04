package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** A file format of exports. */
enum ExportFormat {
  CSV("text/csv;charset=UTF-8") {
    @Override
    LogWriter writer(OutputStream out, JsonMapper json) throws IOException {
      return new CsvLogWriter(out, json);
    }
  },
  /** One line for each row: its JSON, as {@code GET /api/logs} shows it. */
  NDJSON("application/x-ndjson") {
    @Override
    LogWriter writer(OutputStream out, JsonMapper json) {
      return row -> {
        out.write(json.writeValueAsBytes(row));
        out.write('\n');
      };
    }
  };

  /** Writes rows, one after the other. */
  @FunctionalInterface
  interface LogWriter {
    void write(LogEntry row) throws IOException;
  }

  private final String contentType;

  ExportFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The value of the parameter, and the extension of the file's name. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String contentType() {
    return contentType;
  }

  /** Writes what the file begins with, and returns what writes its rows. */
  abstract LogWriter writer(OutputStream out, JsonMapper json) throws IOException;
}
