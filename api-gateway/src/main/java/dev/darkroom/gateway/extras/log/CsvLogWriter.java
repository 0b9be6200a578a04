package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * CSV with a header line (<a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>). Null is
 * an empty cell, details are JSON.
 */
final class CsvLogWriter implements ExportFormat.LogWriter {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "request_id",
          "user_id",
          "prompt",
          "status",
          "step",
          "details",
          "image_url",
          "created_at");

  private final OutputStream out;
  private final JsonMapper json;
  private final ObjectWriter line;

  CsvLogWriter(OutputStream out, JsonMapper json) throws IOException {
    this.out = out;
    this.json = json;
    var mapper = CsvMapper.builder().build();
    this.line = mapper.writer(CsvSchema.emptySchema().withLineSeparator("\r\n"));
    write(COLUMNS);
  }

  @Override
  public void write(LogEntry row) throws IOException {
    var tree = json.<JsonNode>valueToTree(row);
    write(COLUMNS.stream().map(column -> cell(tree.get(column))).toList());
  }

  private void write(List<String> cells) throws IOException {
    out.write(line.writeValueAsString(cells).getBytes(StandardCharsets.UTF_8));
  }

  private static String cell(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return "";
    }
    return value.isString()
        ? FormulaGuard.ofText(value.asString())
        : FormulaGuard.ofJson(value.toString());
  }
}
