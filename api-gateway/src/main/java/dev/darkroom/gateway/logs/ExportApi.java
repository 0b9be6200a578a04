package dev.darkroom.gateway.logs;

import dev.darkroom.gateway.logs.ReadExport.Reading;
import dev.darkroom.gateway.web.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Taking logs away in a file. */
@RestController
class ExportApi {
  private final ExportLogs export;

  ExportApi(ExportLogs export) {
    this.export = export;
  }

  @DocumentExport
  @GetMapping("/api/logs/export")
  @Nullable ResponseEntity<Object> export(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (ReadExport.of(request)) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Understood(var filter, var format) -> {
        if (request.getMethod().equals(HttpMethod.HEAD.name())) {
          export.describe(response, format);
        } else {
          export.to(response, filter, format);
        }
        yield null;
      }
    };
  }
}
