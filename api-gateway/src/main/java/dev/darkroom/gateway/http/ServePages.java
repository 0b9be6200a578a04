package dev.darkroom.gateway.http;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Each page is a file of its own; which job it shows, the script reads from the address. */
@Controller
final class ServePages {
  private final JobQueries ledger;

  ServePages(JobQueries ledger) {
    this.ledger = ledger;
  }

  @GetMapping("/")
  String home() {
    return "forward:/index.html";
  }

  @GetMapping("/generate")
  String generate() {
    return "forward:/generate.html";
  }

  @GetMapping("/logs")
  String logs() {
    return "forward:/logs.html";
  }

  /** The same page with 404 where there is no such request; it says so. */
  @GetMapping("/requests/{requestId}")
  String request(@PathVariable String requestId, HttpServletResponse response) {
    if (!isThere(requestId)) {
      response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    }
    return "forward:/request.html";
  }

  /** While the ledger does not answer the page comes all the same, and goes on asking. */
  private boolean isThere(String requestId) {
    try {
      return RequestId.parse(requestId).flatMap(ledger::find).isPresent();
    } catch (RuntimeException e) {
      if (LedgerOutage.isBehind(e)) {
        return true;
      }
      throw e;
    }
  }
}
