package dev.darkroom.gateway.http.server;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The management port serves endpoints only; Spring would serve the pages there, too, without their
 * headers. For the child context of that port; our scan finds this class in the main one as well.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(ManagementConfiguration.InChildContext.class)
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

  static final class InChildContext implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      var beans = context.getBeanFactory();
      return beans != null
          && beans.getParentBeanFactory() instanceof ListableBeanFactory above
          && above.getBeanNamesForType(ProblemAdvice.class).length > 0;
    }
  }
}
