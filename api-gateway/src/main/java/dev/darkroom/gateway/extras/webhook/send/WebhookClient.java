package dev.darkroom.gateway.extras.webhook.send;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends messages to endpoints: over a connection of its own each, to an address that the resolver
 * allows, without proxies, redirects, retries, cookies or logins.
 */
public final class WebhookClient implements AutoCloseable {
  private static final int LONGEST_REPLY = 4_096;

  /** The executor of deliveries limits connections. */
  private static final int UNLIMITED = 10_000;

  private static final ContentType JSON = ContentType.create("application/json");

  private final ScheduledThreadPoolExecutor timer;
  private final CloseableHttpClient http;
  private final Duration timeout;
  private final InstantSource clock;

  /**
   * @param timeout for all of a request, but for a slow lookup of its host's name
   */
  public WebhookClient(
      DnsResolver dns, TlsSocketStrategy tls, Duration timeout, InstantSource clock) {
    this.timeout = timeout;
    this.clock = clock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("webhook-timeouts").factory());
    this.timer.setRemoveOnCancelPolicy(true);
    this.http =
        HttpClients.custom()
            .setConnectionManager(connections(dns, tls, timeout))
            .setConnectionReuseStrategy((_, _, _) -> false)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.of(timeout))
                    .setResponseTimeout(Timeout.of(timeout))
                    .setProtocolUpgradeEnabled(false)
                    .setExpectContinueEnabled(false)
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .build())
            .setUserAgent("Darkroom-Webhooks/1.0")
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .disableContentCompression()
            .build();
  }

  private static HttpClientConnectionManager connections(
      DnsResolver dns, TlsSocketStrategy tls, Duration timeout) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(dns)
        .setTlsSocketStrategy(tls)
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(Timeout.of(timeout)).build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom().setConnectTimeout(Timeout.of(timeout)).build())
        .setMaxConnTotal(UNLIMITED)
        .setMaxConnPerRoute(UNLIMITED)
        .build();
  }

  /** Sends it once; whatever goes wrong is in the result. */
  public TryResult post(String url, SignedMessage message) {
    var begun = System.nanoTime();
    var late = new AtomicBoolean();
    HttpPost request;
    try {
      request = request(url, message);
    } catch (IllegalArgumentException e) { // not one that the door takes
      return TryResult.broken(e, Duration.ZERO);
    }
    var cut =
        timer.schedule(
            () -> {
              late.set(true);
              request.cancel();
            },
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      var response = http.executeOpen(null, request, null);
      var retryAfter =
          response.getFirstHeader(HttpHeaders.RETRY_AFTER) == null
              ? Duration.ZERO
              : RetryAfterHeader.parse(
                  response.getFirstHeader(HttpHeaders.RETRY_AFTER).getValue(), clock);
      return TryResult.answered(response.getCode(), beginning(response), retryAfter, since(begun));
    } catch (IOException | RuntimeException e) {
      return late.get()
          ? TryResult.timedOut(timeout, since(begun))
          : TryResult.broken(e, since(begun));
    } finally {
      cut.cancel(false);
      request.cancel(); // closes the connection; the rest of a long reply is not read
    }
  }

  private static HttpPost request(String url, SignedMessage message) {
    var request = new HttpPost(URI.create(url));
    request.addHeader(HttpHeaders.CONNECTION, "close");
    request.addHeader("webhook-id", message.id());
    request.addHeader("webhook-timestamp", String.valueOf(message.sentAt().getEpochSecond()));
    request.addHeader("webhook-signature", message.signatures());
    request.setEntity(new ByteArrayEntity(message.body().getBytes(StandardCharsets.UTF_8), JSON));
    return request;
  }

  /**
   * The status counts, also where the rest breaks off. The stream is not closed, which would read
   * all of the reply.
   */
  private static String beginning(ClassicHttpResponse response) {
    try {
      var entity = response.getEntity();
      var bytes = entity == null ? new byte[0] : entity.getContent().readNBytes(LONGEST_REPLY);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  @Override
  public void close() throws IOException {
    timer.shutdownNow();
    http.close();
  }
}
