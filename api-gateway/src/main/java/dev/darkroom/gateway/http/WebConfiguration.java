package dev.darkroom.gateway.http;

import dev.darkroom.ledger.loop.BackgroundLoop;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.servers.Server;
import java.time.Duration;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
class WebConfiguration {

  /** Last, so that ours stands before the valve that Boot adds and is asked first. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> answerUnreadableRequests() {
    return factory ->
        factory.addContextCustomizers(context -> {
          var host = (StandardHost) context.getParent();
          host.setErrorReportValveClass("");
          host.getPipeline().addValve(new ReplyIdValve());
          host.getPipeline().addValve(new AnswerUnreadableRequests());
        });
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> noticeClientsThatHangUp() {
    return factory -> factory.addEngineValves(new ClientConnection());
  }

  @Bean
  BackgroundLoop refusalSweep(RefusalLog refusals) {
    return new BackgroundLoop("sum-up-refusals", Duration.ofSeconds(15), refusals::round);
  }

  /** Tomcat would refuse it before it knows the route, with methods that the route may not take. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> letRoutesRefuseTrace() {
    return factory -> factory.addConnectorCustomizers(connector -> connector.setAllowTrace(true));
  }

  /** Nobody uploads a body that its headers alone have refused. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> askForBodiesWhenTheyAreRead() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> connector.setProperty("continueResponseTiming", "onRead"));
  }

  /** Last, for it passes on to the virtual threads that Boot has given Tomcat. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> beginOnPlatformThreads() {
    return factory ->
        factory.addProtocolHandlerCustomizers(
            handler -> handler.setExecutor(new BeginOnPlatformThreads(handler.getExecutor())));
  }

  @Bean
  BackgroundLoop watchRequestThreads() {
    var watch =
        new WatchRequestThreads(Thread::startVirtualThread, () -> Runtime.getRuntime().halt(1));
    return new BackgroundLoop("watch-request-threads", Duration.ofSeconds(1), watch::round);
  }

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Darkroom")
                .version("1")
                .description(
                    "An asynchronous text-to-image job queue. Errors are problem details (RFC 9457). Every reply has an X-Request-Id: the job's id where it is about one."))
        .addServersItem(new Server().url("/"));
  }
}
