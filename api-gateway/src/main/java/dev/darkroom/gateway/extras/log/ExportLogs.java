package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPlace;
import dev.darkroom.ledger.log.LogStretch;
import dev.darkroom.ledger.readers.ReaderGoneException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends everything that matches, stretch by stretch: a few hundred rows are in memory at a time,
 * and no transaction is open while a client reads. Rows that are written meanwhile are newer than
 * what is sent, and left out.
 */
@Component
final class ExportLogs {
  private static final Logger log = LoggerFactory.getLogger(ExportLogs.class);
  private static final int STRETCH = 500;
  private static final DateTimeFormatter IN_FILE_NAMES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final GenerationLogs ledger;
  private final JsonMapper json;
  private final Clock clock;
  private final HeavyReaders readers;
  private final RefusalLog refusals;

  ExportLogs(
      GenerationLogs ledger,
      JsonMapper json,
      Clock clock,
      HeavyReaders readers,
      RefusalLog refusals) {
    this.readers = readers;
    this.refusals = refusals;
    this.ledger = ledger;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Sends the rows.
   *
   * @param filter empty where nothing can match
   * @throws IOException if the client goes away, or the ledger does after the first rows; that
   *     breaks the connection, by which the client knows that it does not have all of them
   */
  void to(HttpServletResponse response, Optional<LogFilter> filter, ExportFormat format)
      throws IOException {
    var first = filter.map(asked -> ledger.stretch(asked, STRETCH, LogPlace.START)).orElse(null);
    describe(response, format);
    var out = readers.to(response);
    var rows = format.to(out, json);
    for (var stretch = first; stretch != null; stretch = next(filter.orElseThrow(), stretch)) {
      for (var entry : stretch.logs()) {
        rows.write(LogRow.of(entry));
      }
      out.flush();
    }
  }

  /** Says what would be sent. */
  void describe(HttpServletResponse response, ExportFormat format) {
    var file =
        "darkroom-logs-%s.%s".formatted(IN_FILE_NAMES.format(clock.instant()), format.word());
    response.setContentType(format.contentType());
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment().filename(file).build().toString());
  }

  private @Nullable LogStretch next(LogFilter filter, LogStretch before) throws IOException {
    if (before.next() == null) {
      return null;
    }
    try {
      return ledger.stretch(filter, STRETCH, before.next());
    } catch (ReaderGoneException e) {
      throw new ClientAbortException("the client has hung up", e);
    } catch (RuntimeException e) {
      refusals.count("export_broken_off");
      log.debug("an export can't go on; its connection is broken off", e);
      throw new IOException("the rest of the logs could not be read", e);
    }
  }
}
