package dev.darkroom.gateway.extras.audit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Writes down each list, search, stream and export by which an operator reads everybody's jobs, and
 * each look at a single job of another owner, before any of it goes out: without the entry there is
 * no reply. Where access is open everybody is an operator, all jobs are nobody's, and nothing is
 * written.
 */
@Component
final class ReadAuditor implements HandlerInterceptor, WebMvcConfigurer {
  /** What they show is everybody's. */
  static final List<String> OF_EVERYBODY =
      List.of(
          "/api/logs",
          "/api/logs/export",
          "/api/generate",
          "/api/events",
          "/api/events/history",
          "/api/usage",
          "/api/audit");

  /** What they show is of the job that the path names; a group has the id of its first. */
  static final List<String> OF_A_JOB =
      List.of(
          "/api/generate/{requestId}",
          "/api/generate/{requestId}/events",
          "/api/generate/{requestId}/link",
          "/api/generate/{requestId}/deliveries",
          "/api/groups/{groupId}",
          "/generated/{file}");

  /** A job that is cancelled is shown, too. */
  private static final Set<String> METHODS =
      Set.of(HttpMethod.GET.name(), HttpMethod.DELETE.name());

  private final AuditStore audit;
  private final JobQueries jobs;

  ReadAuditor(AuditStore audit, JobQueries jobs) {
    this.audit = audit;
    this.jobs = jobs;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns(OF_EVERYBODY).addPathPatterns(OF_A_JOB);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (METHODS.contains(request.getMethod())
        && request.getDispatcherType() == DispatcherType.REQUEST
        && readsOfOthers(Caller.of(request))) {
      nameIn(request)
          .ifPresentOrElse(
              name -> RequestId.parse(name).ifPresent(job -> writeIfOfAnother(job, request)),
              () -> audit.write(entry(request, target(request), "")));
    }
    return true;
  }

  /** What the path names, without the extension of a picture; empty where it names nothing. */
  private static Optional<String> nameIn(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
            instanceof Map<?, ?> variables
        ? variables.values().stream()
            .findFirst()
            .map(name -> String.valueOf(name).replaceFirst("\\..*", ""))
        : Optional.empty();
  }

  private void writeIfOfAnother(RequestId job, HttpServletRequest request) {
    jobs.findOwner(job)
        .filter(owner -> !owner.equals(Caller.of(request).owner()))
        .ifPresent(owner -> audit.write(entry(request, "job:" + job, owner)));
  }

  private static String target(HttpServletRequest request) {
    var user = request.getParameter("userId");
    return user == null || user.isBlank() ? "all" : "user:" + user;
  }

  private static AuditEntry entry(HttpServletRequest request, String target, String owner) {
    return AuditTrail.of(
        request,
        AuditAction.READ,
        target,
        owner,
        Map.of("path", request.getRequestURI(), "parameters", parameters(request)));
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
