package dev.darkroom.gateway.extras.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** In which form logs are exported; clients say it in small letters. */
enum ExportFormat {
  CSV("csv", "text/csv;charset=UTF-8") {
    @Override
    WriteLogs to(OutputStream out, JsonMapper json) throws IOException {
      return new WriteCsv(out, json);
    }
  },
  NDJSON("ndjson", "application/x-ndjson") {
    @Override
    WriteLogs to(OutputStream out, JsonMapper json) {
      return new WriteNdjson(out, json);
    }
  };

  private final String word;
  private final String contentType;

  ExportFormat(String word, String contentType) {
    this.word = word;
    this.contentType = contentType;
  }

  static Optional<ExportFormat> of(String word) {
    return Stream.of(values()).filter(format -> format.word.equals(word)).findFirst();
  }

  /** Also what a file's name ends with. */
  String word() {
    return word;
  }

  String contentType() {
    return contentType;
  }

  /** What writes rows in this form; it begins at once. */
  abstract WriteLogs to(OutputStream out, JsonMapper json) throws IOException;
}
