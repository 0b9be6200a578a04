package dev.darkroom.gateway.http;

import dev.darkroom.ledger.readers.ReaderGoneException;
import dev.darkroom.ledger.readers.TooManyReadersException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
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

/** Answers whatever a handler, or the way to one, throws. Nothing of the exception is repeated. */
@RestControllerAdvice
final class AnswerProblems extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(AnswerProblems.class);

  private final RefusalLog refusals;

  AnswerProblems(RefusalLog refusals) {
    this.refusals = refusals;
  }

  /** Spring's own exceptions: their status and headers stay, their words are ours. */
  @Override
  protected ResponseEntity<Object> createResponseEntity(
      @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    var problem = Problem.of(status).headers(headers);
    return request instanceof ServletWebRequest servlet
        ? problem.answerTo(servlet.getRequest())
        : problem.answer();
  }

  /** Where GET is taken, HEAD is, too, and OPTIONS everywhere; Spring lists what is mapped. */
  @Override
  protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
      HttpRequestMethodNotSupportedException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var taken = new LinkedHashSet<>(headers.getAllow());
    if (taken.contains(HttpMethod.GET)) {
      taken.add(HttpMethod.HEAD);
    }
    taken.add(HttpMethod.OPTIONS);
    var more = new HttpHeaders(headers);
    more.setAllow(taken);
    return super.handleHttpRequestMethodNotSupported(e, more, status, request);
  }

  /** The client has gone, and hears nothing any more. */
  @Override
  protected @Nullable ResponseEntity<Object> handleAsyncRequestNotUsableException(
      AsyncRequestNotUsableException e, WebRequest request) {
    log.debug("a client has gone before its reply had reached it", e);
    return null;
  }

  /** Tomcat decodes parameters late, and refuses broken percent-encoding only then. */
  @ExceptionHandler
  ResponseEntity<Object> undecodable(InvalidParameterException e, HttpServletRequest request) {
    return Problem.of(HttpStatus.BAD_REQUEST).answerTo(request);
  }

  /** Nobody reads the answer. */
  @ExceptionHandler
  void gone(ReaderGoneException e) {
    log.debug("a client has hung up before its answer was found", e);
  }

  @ExceptionHandler
  ResponseEntity<Object> crowded(TooManyReadersException e) {
    refusals.count("too_many_readers");
    return HeavyReaders.tooMany().answer();
  }

  @ExceptionHandler
  ResponseEntity<Object> broken(RuntimeException e, HttpServletRequest request) {
    return LedgerOutage.behind(e)
        .map(outage -> refused(outage, e, request))
        .orElseGet(() -> unexpected(e, request));
  }

  private ResponseEntity<Object> refused(
      LedgerOutage outage, RuntimeException e, HttpServletRequest request) {
    refusals.count(outage.code().word());
    log.debug("the ledger did not do what a request asked for", e);
    var problem =
        Problem.unavailable(OutageSentences.about(outage, request), outage.retryAfter())
            .code(outage.code());
    return CurrentRequest.job(request).map(problem::about).orElse(problem).answerTo(request);
  }

  private ResponseEntity<Object> unexpected(RuntimeException e, HttpServletRequest request) {
    var job = CurrentRequest.job(request);
    log.atError()
        .addKeyValue("method", request.getMethod())
        .addKeyValue("path", request.getRequestURI())
        .addKeyValue("request_id", job.map(Object::toString).orElse(""))
        .addKeyValue("x_request_id", ReplyId.of(request))
        .setCause(e)
        .log("a request failed unexpectedly; the client hears 500");
    var problem = Problem.of(HttpStatus.INTERNAL_SERVER_ERROR);
    return job.map(problem::about).orElse(problem).answerTo(request);
  }
}
