package dev.darkroom.gateway.extras.audit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditStore;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Writes down each list, search and export by which an operator reads everybody's jobs, before any
 * of it goes out: without the entry there is no reply. Where access is open everybody is an
 * operator, all jobs are nobody's, and nothing is written.
 */
@Component
final class ReadAuditor implements HandlerInterceptor, WebMvcConfigurer {
  private static final List<String> PATHS =
      List.of(
          "/api/logs",
          "/api/logs/export",
          "/api/generate",
          "/api/events/history",
          "/api/usage",
          "/api/audit");

  private final AuditStore audit;

  ReadAuditor(AuditStore audit) {
    this.audit = audit;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns(PATHS);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getMethod().equals(HttpMethod.GET.name())
        && request.getDispatcherType() == DispatcherType.REQUEST
        && readsOfOthers(Caller.of(request))) {
      var user = request.getParameter("userId");
      audit.write(
          AuditTrail.of(
              request,
              AuditAction.READ,
              user == null || user.isBlank() ? "all" : "user:" + user,
              Map.of("path", request.getRequestURI(), "parameters", parameters(request))));
    }
    return true;
  }

  private static boolean readsOfOthers(Caller caller) {
    return caller.scopes().contains(Scope.OPERATE) && !caller.equals(Caller.ANYBODY);
  }

  /**
   * Their names, for a value may be a prompt or a name, which stand where an erasure finds them.
   */
  private static String parameters(HttpServletRequest request) {
    return Collections.list(request.getParameterNames()).stream()
        .filter(name -> name.length() < 20)
        .limit(20)
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
