package dev.darkroom.gateway.extras.pages;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Maps addresses to static pages; their scripts read the job's id from the address. */
@Controller
final class PageController {
  private final JobQueries ledger;

  PageController(JobQueries ledger) {
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

  @GetMapping("/operations")
  String operations() {
    return "forward:/operations.html";
  }

  @GetMapping("/keys")
  String keys() {
    return "forward:/keys.html";
  }

  /**
   * The status is 404 if the caller sees no such request; the page says so, too. Anybody gets the
   * page, and whoever has not signed in is not told which requests there are.
   */
  @GetMapping("/requests/{requestId}")
  String request(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var caller = Caller.ifKnown(request);
    if (caller.isPresent() && !exists(requestId, caller.get().sees())) {
      response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    }
    return "forward:/request.html";
  }

  /** During an outage of the ledger the page is served anyway, and keeps trying. */
  private boolean exists(String requestId, Visibility visible) {
    try {
      return RequestId.parse(requestId).flatMap(id -> ledger.find(id, visible)).isPresent();
    } catch (RuntimeException e) {
      if (LedgerOutage.isBehind(e)) {
        return true;
      }
      throw e;
    }
  }
}
