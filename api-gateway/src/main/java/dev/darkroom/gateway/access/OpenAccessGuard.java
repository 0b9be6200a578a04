package dev.darkroom.gateway.access;

import dev.darkroom.gateway.access.AccessSettings.AccessMode;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Refuses to start where other machines could use the gateway without saying who they are, unless
 * somebody wants that.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // after Boot, which sets the address
final class OpenAccessGuard implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private final AccessSettings settings;

  OpenAccessGuard(AccessSettings settings) {
    this.settings = settings;
  }

  @Override
  public void customize(TomcatServletWebServerFactory server) {
    var address = server.getAddress();
    if (settings.mode() == AccessMode.OPEN
        && !settings.openToAll()
        && (address == null || !address.isLoopbackAddress())) {
      throw new OpenToAllException(address);
    }
  }

  /** Nobody has said that other machines may use the gateway. */
  static final class OpenToAllException extends RuntimeException {
    OpenToAllException(@Nullable InetAddress address) {
      super(
          "Access is open (darkroom.access.mode=open), and the gateway would listen on %s (server.address), so other machines could use it without saying who they are."
              .formatted(address == null ? "all addresses" : address.getHostAddress()));
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
