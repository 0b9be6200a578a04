package dev.darkroom.worker.nebius;

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
 * The HTTP client below all calls. It does what it is told and nothing besides: no retries, which
 * the log would not show, no redirects, no cookies, no login of its own, no unpacking.
 */
final class PlainHttp {
  /**
   * Each call under way has a connection; how many those are is {@code
   * darkroom.worker.concurrency}'s matter.
   */
  private static final int AS_MANY_AS_THERE_ARE_CALLS = 10_000;

  /**
   * A call on a connection that the other side has just closed counts as unknown, although it most
   * likely never arrived. So a connection that rested is tried before it is used, and none rests
   * for as long as the proxies of this world let it.
   */
  private static final Duration TRIED_AFTER = Duration.ofMillis(100);

  private static final TimeValue LONGEST_REST = TimeValue.ofSeconds(20);

  private PlainHttp() {}

  /**
   * @param connect for a connection, and again for TLS
   * @param silence without a byte, after which the connection is given up; a call as a whole is
   *     ended from outside
   */
  static CloseableHttpClient client(Duration connect, Duration silence) {
    return client(connect, silence, SystemDefaultDnsResolver.INSTANCE)
        .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
        .build();
  }

  /** The same with addresses of our choosing; without a proxy, which would choose them itself. */
  static CloseableHttpClient directClient(Duration connect, Duration silence, DnsResolver names) {
    return client(connect, silence, names).build();
  }

  private static HttpClientBuilder client(Duration connect, Duration silence, DnsResolver names) {
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
        .setConnectionManager(connections(connect, names))
        .setDefaultRequestConfig(request)
        .setKeepAliveStrategy(keepAlive())
        .setUserAgent("darkroom")
        .evictExpiredConnections()
        .evictIdleConnections(LONGEST_REST)
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .disableContentCompression();
  }

  private static HttpClientConnectionManager connections(Duration connect, DnsResolver names) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(names)
        .setConnectionFactory(socket -> WatchedConnection.on(socket, TRIED_AFTER))
        .setTlsSocketStrategy(DefaultClientTlsStrategy.createSystemDefault())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(Timeout.of(connect)).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(connect))
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS) // each time
                .build())
        .setMaxConnTotal(AS_MANY_AS_THERE_ARE_CALLS)
        .setMaxConnPerRoute(AS_MANY_AS_THERE_ARE_CALLS)
        .build();
  }

  /** As the server says ({@code Keep-Alive: timeout=5}), but never longer than we like. */
  private static ConnectionKeepAliveStrategy keepAlive() {
    return (response, context) -> {
      var said =
          DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
      return TimeValue.isNonNegative(said) ? said.min(LONGEST_REST) : LONGEST_REST;
    };
  }
}
