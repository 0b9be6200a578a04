package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ForwardedPrefix;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Puts the prefix of the proxy before the {@code instance} of a problem, as before every link.
 * Spring MVC has taken it from the request, whose path is without the prefix.
 */
@ControllerAdvice
final class ForwardedInstance implements ResponseBodyAdvice<Object> {
  @Override
  public boolean supports(
      MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returnType,
      MediaType contentType,
      Class<? extends HttpMessageConverter<?>> converterType,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (body instanceof ProblemDetail problem
        && problem.getInstance() != null
        && request instanceof ServletServerHttpRequest servlet) {
      var prefix = ForwardedPrefix.of(servlet.getServletRequest());
      problem.setInstance(URI.create(prefix + problem.getInstance()));
    }
    return body;
  }
}
