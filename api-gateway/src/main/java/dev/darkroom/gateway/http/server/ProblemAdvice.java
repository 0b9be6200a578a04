package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.ledger.readers.ReaderGoneException;
import dev.darkroom.ledger.readers.TooManyReadersException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns exceptions into problem details, without a word of the exception. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final HeavyReaders readers;
  private final RefusalLog refusals;

  ProblemAdvice(HeavyReaders readers, RefusalLog refusals) {
    this.readers = readers;
    this.refusals = refusals;
  }

  /** Spring's own exceptions keep their status and headers. */
  @Override
  protected ResponseEntity<Object> createResponseEntity(
      @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    var problem = Problem.of(status).headers(headers);
    return request instanceof ServletWebRequest servlet
        ? problem.answerTo(servlet.getRequest())
        : problem.answer();
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
      HttpRequestMethodNotSupportedException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var methods = new TreeSet<>(Objects.requireNonNullElse(e.getSupportedHttpMethods(), Set.of()));
    if (methods.contains(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD);
    }
    methods.add(HttpMethod.OPTIONS);
    var allow = methods.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    return Problem.of(
            status,
            "Method %s is not supported here. Supported: %s.".formatted(e.getMethod(), allow))
        .header(HttpHeaders.ALLOW, allow)
        .answer();
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleAsyncRequestNotUsableException(
      AsyncRequestNotUsableException e, WebRequest request) {
    log.debug("client closed the connection before the reply was written", e);
    return null;
  }

  /** Tomcat decodes parameters late, so broken percent-encoding fails only then. */
  @ExceptionHandler
  ResponseEntity<Object> undecodable(InvalidParameterException e, HttpServletRequest request) {
    return Problem.of(HttpStatus.BAD_REQUEST).answerTo(request);
  }

  @ExceptionHandler
  void gone(ReaderGoneException e) {
    log.debug("client closed the connection before the query ended", e);
  }

  @ExceptionHandler
  ResponseEntity<Object> crowded(TooManyReadersException e) {
    return readers.refuse();
  }

  @ExceptionHandler
  ResponseEntity<Object> broken(
      RuntimeException e, HttpServletRequest request, HttpServletResponse response) {
    var outage = LedgerOutage.behind(e);
    if (outage.isPresent()) {
      refusals.count(outage.get().code().word());
      log.debug("the ledger is unavailable for a request", e);
      return outage.get().problem().answerTo(request);
    }
    log.atError()
        .addKeyValue("method", request.getMethod())
        .addKeyValue("path", request.getRequestURI())
        .addKeyValue("x_request_id", response.getHeader(ReplyId.HEADER))
        .setCause(e)
        .log("a request failed unexpectedly; the client gets 500");
    var problem = Problem.of(HttpStatus.INTERNAL_SERVER_ERROR);
    return ReplyId.jobOf(request).map(problem::about).orElse(problem).answerTo(request);
  }
}
