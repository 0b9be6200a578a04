package dev.darkroom.gateway.access;

import dev.darkroom.gateway.access.AccessSettings.AccessMode;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Serves this machine alone where nobody is asked who they are, unless somebody wants that; and
 * refuses to start on another address.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // after Boot, which sets the address
final class OpenAccessGuard implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final Logger log = LoggerFactory.getLogger(OpenAccessGuard.class);

  private final AccessSettings settings;

  OpenAccessGuard(AccessSettings settings) {
    this.settings = settings;
  }

  @Override
  public void customize(TomcatServletWebServerFactory server) {
    if (settings.mode() == AccessMode.REQUIRED || settings.openToAll()) {
      return;
    }
    var address = server.getAddress();
    if (address == null) {
      server.setAddress(InetAddress.getLoopbackAddress());
      log.info(
          "nobody is asked who they are, so only this machine is served; see darkroom.access.mode");
    } else if (!address.isLoopbackAddress()) {
      throw new OpenToAllException(address);
    }
  }

  /** Nobody has said that other machines may use the gateway. */
  static final class OpenToAllException extends RuntimeException {
    OpenToAllException(InetAddress address) {
      super(
          "Access is open (darkroom.access.mode=open), and the gateway would listen on %s (server.address), so other machines could use it without saying who they are."
              .formatted(address.getHostAddress()));
    }
  }

  /** Tells what to do about it. */
  static final class OpenToAllFailureAnalyzer extends AbstractFailureAnalyzer<OpenToAllException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OpenToAllException refused) {
      return new FailureAnalysis(
          String.valueOf(refused.getMessage()),
          "Set server.address=127.0.0.1 to serve this machine only, or"
              + " darkroom.access.mode=required to ask callers for a key or a token"
              + " (docs/access.md). Where something else keeps others out, such as a proxy that"
              + " authenticates or a port that is published on loopback only, set"
              + " darkroom.access.open-to-all=true.",
          refused);
    }
  }
}
