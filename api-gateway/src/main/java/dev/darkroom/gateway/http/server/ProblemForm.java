package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ForwardedPrefix;
import dev.darkroom.gateway.http.OpenAiError;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Finishes every problem, those of routes, of filters and of the error page: its {@code instance}
 * gets the proxy's prefix, which Spring MVC does not know; below {@code /v1} it gets the form that
 * OpenAI's client libraries read.
 */
@RestControllerAdvice
final class ProblemForm implements ResponseBodyAdvice<Object> {
  @Override
  public boolean supports(
      MethodParameter reply, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter reply,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (!(body instanceof ProblemDetail problem)
        || !(request instanceof ServletServerHttpRequest servlet)) {
      return body;
    }
    if (problem.getInstance() != null) {
      var prefix = ForwardedPrefix.of(servlet.getServletRequest());
      problem.setInstance(URI.create(prefix + problem.getInstance()));
    }
    if (!OpenAiError.isFormAt(pathOf(servlet.getServletRequest()))) {
      return problem;
    }
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    if (OpenAiError.lasts(problem)) {
      response.getHeaders().set(OpenAiError.SHOULD_RETRY, "false");
    }
    return OpenAiError.of(problem);
  }

  private static String pathOf(HttpServletRequest request) {
    return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String asked
        ? asked // forwarded to the error page
        : request.getServletPath();
  }
}
