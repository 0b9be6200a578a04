package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.extras.log.ReadExport.Reading;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.log.LogFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Taking logs away in a file. */
@RestController
class ExportApi {
  private final ExportLogs export;
  private final HeavyReaders readers;

  ExportApi(ExportLogs export, HeavyReaders readers) {
    this.export = export;
    this.readers = readers;
  }

  @GetMapping("/api/logs/export")
  @Nullable ResponseEntity<Object> export(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (ReadExport.of(request)) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Understood(var filter, var format) -> {
        if (request.getMethod().equals(HttpMethod.HEAD.name())) {
          export.describe(response, format);
        } else {
          yield readers.export(request, () -> write(response, filter, format));
        }
        yield null;
      }
    };
  }

  private @Nullable ResponseEntity<Object> write(
      HttpServletResponse response, Optional<LogFilter> filter, ExportFormat format)
      throws IOException {
    export.to(response, filter, format);
    return null;
  }
}
