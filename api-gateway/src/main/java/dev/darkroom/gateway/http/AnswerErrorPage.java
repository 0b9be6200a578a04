package dev.darkroom.gateway.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where the container sends what failed outside of Spring MVC, in place of Boot's page, which may
 * show internals.
 */
@RestController
final class AnswerErrorPage implements ErrorController {

  @RequestMapping("${spring.web.error.path:/error}")
  ResponseEntity<Object> answer(HttpServletRequest request) {
    // without it somebody has asked for the page itself, and there is none
    var status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : 404;
    var problem = Problem.of(HttpStatusCode.valueOf(status));
    return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String asked
        ? problem.at(asked).answerTo(request, asked)
        : problem.answerTo(request);
  }
}
