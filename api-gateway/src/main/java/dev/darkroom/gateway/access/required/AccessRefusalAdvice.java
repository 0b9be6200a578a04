package dev.darkroom.gateway.access.required;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Before the advice for all other exceptions, which would take a refusal for a mistake of ours. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class AccessRefusalAdvice {
  @ExceptionHandler
  ResponseEntity<Object> refused(AccessRefusedException e, HttpServletRequest request) {
    return e.problem().answerTo(request);
  }
}
