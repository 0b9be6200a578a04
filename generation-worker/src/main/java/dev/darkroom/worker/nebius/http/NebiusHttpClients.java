package dev.darkroom.worker.nebius.http;

import java.net.ProxySelector;
import java.time.Duration;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes HTTP clients without retries (which the log would not show), redirects, cookies, logins or
 * decompression.
 */
public final class NebiusHttpClients {
  /** {@code darkroom.worker.concurrency} limits calls; the pool does not. */
  private static final int UNLIMITED = 10_000;

  /**
   * A call on a connection that the server has just closed counts as unknown, although it most
   * likely never arrived. So an idle connection is checked before it is used, and none stays idle
   * for as long as common proxies allow.
   */
  private static final Duration CHECK_AFTER = Duration.ofMillis(100);

  private static final TimeValue MAX_IDLE = TimeValue.ofSeconds(20);

  private NebiusHttpClients() {}

  /**
   * A client that uses the system's proxy.
   *
   * @param connect timeout for a connection, and again for TLS
   * @param silence time without a byte after which the connection is closed
   */
  public static CloseableHttpClient client(Duration connect, Duration silence) {
    return builder(connect, silence, SystemDefaultDnsResolver.INSTANCE)
        .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
        .build();
  }

  /** The same with our own DNS resolver, and so without a proxy, which would use its own. */
  public static CloseableHttpClient directClient(
      Duration connect, Duration silence, DnsResolver dns) {
    return builder(connect, silence, dns).build();
  }

  private static HttpClientBuilder builder(Duration connect, Duration silence, DnsResolver dns) {
    var request =
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(connect))
            .setResponseTimeout(Timeout.of(silence))
            .setProtocolUpgradeEnabled(false)
            .setExpectContinueEnabled(false)
            .setRedirectsEnabled(false)
            .setAuthenticationEnabled(false)
            .build();
    return HttpClients.custom()
        .setConnectionManager(connections(connect, dns))
        .setDefaultRequestConfig(request)
        .setKeepAliveStrategy(keepAlive())
        .setUserAgent("darkroom")
        .evictExpiredConnections()
        .evictIdleConnections(MAX_IDLE)
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .disableContentCompression();
  }

  private static HttpClientConnectionManager connections(Duration connect, DnsResolver dns) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(dns)
        .setConnectionFactory(socket -> StrictConnection.on(socket, CHECK_AFTER))
        .setTlsSocketStrategy(DefaultClientTlsStrategy.createSystemDefault())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(Timeout.of(connect)).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connect))
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS) // each time
                .build())
        .setMaxConnTotal(UNLIMITED)
        .setMaxConnPerRoute(UNLIMITED)
        .build();
  }

  /** As the server says ({@code Keep-Alive: timeout=5}), but never longer than our maximum. */
  private static ConnectionKeepAliveStrategy keepAlive() {
    return (response, context) -> {
      var given =
          DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
      return TimeValue.isNonNegative(given) ? given.min(MAX_IDLE) : MAX_IDLE;
    };
  }
}
