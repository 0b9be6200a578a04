package dev.darkroom.gateway.http.server;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * The management port serves endpoints only; Spring would serve the pages there, too, without their
 * headers. For the child context of that port only; our scan finds this class in the main one, too.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnMissingBean(value = ProblemAdvice.class, search = SearchStrategy.CURRENT)
class ManagementConfiguration {

  @Bean
  Filter serveEndpointsOnly(WebEndpointProperties endpoints) {
    var base = endpoints.getBasePath();
    return (request, response, chain) -> {
      var path = ((HttpServletRequest) request).getServletPath();
      if (path.equals(base) || path.startsWith(base + "/")) {
        chain.doFilter(request, response);
      } else {
        ((HttpServletResponse) response).sendError(HttpServletResponse.SC_NOT_FOUND);
      }
    };
  }
}
