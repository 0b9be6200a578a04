package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.log.LogQueryParser.ExportQuery;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.ledger.log.LogQueries;
import dev.darkroom.ledger.log.LogSlice;
import dev.darkroom.ledger.readers.ReaderGoneException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes all rows that match, slice by slice: a few hundred rows are in memory at a time, and no
 * transaction is open while a client reads. Rows that are added meanwhile are newer than what has
 * been written, and left out.
 */
@Component
final class LogExport {
  private static final Logger log = LoggerFactory.getLogger(LogExport.class);
  private static final int SLICE = 500;
  private static final DateTimeFormatter IN_FILE_NAMES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final LogQueries logs;
  private final JsonMapper json;
  private final Clock clock;
  private final HeavyReaders readers;
  private final RefusalLog refusals;

  LogExport(
      LogQueries logs, JsonMapper json, Clock clock, HeavyReaders readers, RefusalLog refusals) {
    this.logs = logs;
    this.json = json;
    this.clock = clock;
    this.readers = readers;
    this.refusals = refusals;
  }

  /**
   * Writes the visible rows.
   *
   * @throws IOException if the client goes away, or if the ledger fails after the first slice. That
   *     breaks the connection, by which the client knows that rows are missing
   */
  void write(HttpServletResponse response, ExportQuery query, Visibility visible, ReplyLinks links)
      throws IOException {
    var filter = query.filter().orElse(null);
    var slice = filter == null ? null : logs.scan(LogPosition.START, filter, visible, SLICE);
    writeHeaders(response, query.format());
    var out = readers.to(response);
    var rows = query.format().writer(out, json);
    while (filter != null && slice != null) {
      for (var entry : slice.entries()) {
        rows.write(links.in(entry));
      }
      out.flush();
      slice = slice.next() == null ? null : next(filter, visible, slice.next());
    }
  }

  void writeHeaders(HttpServletResponse response, ExportFormat format) {
    var file =
        "darkroom-logs-%s.%s".formatted(IN_FILE_NAMES.format(clock.instant()), format.word());
    response.setContentType(format.contentType());
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename(file).build().toString());
  }

  private LogSlice next(LogFilter filter, Visibility visible, LogPosition after)
      throws IOException {
    try {
      return logs.scan(after, filter, visible, SLICE);
    } catch (ReaderGoneException e) {
      throw new ClientAbortException("client disconnected", e);
    } catch (RuntimeException e) {
      refusals.count("export_broken_off");
      log.debug("export failed halfway; closing the connection", e);
      throw new IOException("could not read the rest of the log", e);
    }
  }
}
