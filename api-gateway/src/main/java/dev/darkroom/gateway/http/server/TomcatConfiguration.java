package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ClientConnection;
import dev.darkroom.gateway.http.ReplyId;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class TomcatConfiguration implements WebMvcConfigurer {

  /** Last, so that our error valve stands before Boot's. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> valves(WebSettings settings) {
    return factory -> {
      // Boot's trusts every private address, and is there by default on some platforms
      factory.getEngineValves().removeIf(RemoteIpValve.class::isInstance);
      factory.addEngineValves(
          new UnreadBodyValve(),
          new TrustedProxyValve(settings.trustedProxies()),
          new ClientConnection());
      factory.addContextCustomizers(context -> {
        var host = (StandardHost) context.getParent();
        host.setErrorReportValveClass("");
        host.getPipeline().addValve(new ReplyId());
        host.getPipeline().addValve(new ProblemErrorValve());
      });
      // a client that expects 100-continue sends no body where the headers are refused
      factory.addConnectorCustomizers(connector -> {
        connector.setProperty("continueResponseTiming", "onRead");
        // SecurityFilter refuses encoded slashes elsewhere than in the id of a model
        connector.setEncodedSolidusHandling(EncodedSolidusHandling.DECODE.getValue());
      });
    };
  }

  /**
   * Requests have Tomcat's platform threads: virtual ones can deadlock over loading classes (<a
   * href="https://bugs.openjdk.org/browse/JDK-8369238">JDK-8369238</a>). Routes that wait for long
   * return a {@code Callable}, which runs here and holds no platform thread.
   */
  @Override
  public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
    var executor = new SimpleAsyncTaskExecutor("waiting-request-");
    executor.setVirtualThreads(true);
    configurer.setTaskExecutor(executor);
    configurer.setDefaultTimeout(-1); // each route ends by itself
  }
}
