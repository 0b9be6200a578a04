package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.ledger.log.LogFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;

/** Reads what is to be exported, and how. */
final class ReadExport {
  private ReadExport() {}

  /** What was read. */
  sealed interface Reading {
    /**
     * An export that can be made.
     *
     * @param filter empty where nothing can match
     */
    record Understood(Optional<LogFilter> filter, ExportFormat format) implements Reading {}

    record Bad(List<BadField> errors) implements Reading {}
  }

  static Reading of(HttpServletRequest request) {
    var parameters = new Parameters(request);
    var format = parameters.get("format").flatMap(ExportFormat::of);
    if (format.isEmpty()) {
      parameters.refuse("format", "must be csv or ndjson");
    }
    var filter = ReadLogFilter.of(parameters);
    return format.isPresent() && parameters.bad().isEmpty()
        ? new Reading.Understood(filter, format.get())
        : new Reading.Bad(parameters.bad());
  }
}
