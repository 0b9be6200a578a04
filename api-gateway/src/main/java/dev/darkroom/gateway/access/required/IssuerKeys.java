package dev.darkroom.gateway.access.required;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer of tokens, from its JWK set. They are read again before they get
 * old, and when a token names another key, but not more often than every few seconds. While they
 * can't be read, those known before are good.
 */
final class IssuerKeys implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int LARGEST_SET = 64 * 1024;

  private final KeyAges ages;
  private final JWKSource<SecurityContext> source;
  private final DefaultResourceRetriever http =
      new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, LARGEST_SET);

  private volatile boolean everRead;
  private volatile long readAtNanos;
  private volatile boolean failing;

  IssuerKeys(String url, KeyAges ages) {
    this.ages = ages;
    this.source =
        JWKSourceBuilder.<SecurityContext>create(url(url), this::read)
            .cache(ages.fresh().toMillis(), ages.patience().toMillis())
            .refreshAheadCache(ages.ahead().toMillis(), false)
            .rateLimited(ages.pause().toMillis())
            .outageTolerant(ages.outage().toMillis())
            .build();
  }

  /**
   * How old keys may get.
   *
   * @param fresh after which they are read again
   * @param ahead how long before that somebody begins to
   * @param patience how long a request waits for that
   * @param pause during which they are read twice at most
   * @param outage for which keys stay good that can't be read again
   */
  record KeyAges(
      Duration fresh, Duration ahead, Duration patience, Duration pause, Duration outage) {
    static final KeyAges DEFAULTS =
        new KeyAges(
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofHours(24));
  }

  JWKSource<SecurityContext> source() {
    return source;
  }

  /** Whether they were read so lately that a key which is not among them is nobody's. */
  boolean areNew() {
    return everRead && System.nanoTime() - readAtNanos < ages.pause().toNanos();
  }

  private Resource read(URL url) throws IOException {
    try {
      var set = http.retrieveResource(url);
      readAtNanos = System.nanoTime();
      everRead = true;
      if (failing) {
        failing = false;
        log.info("the keys of access tokens can be read again");
      }
      return set;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        log.atWarn()
            .addKeyValue("url", url)
            .addKeyValue("reason", String.valueOf(e.getMessage()))
            .log(
                everRead
                    ? "the keys of access tokens can't be read; those known before stay good"
                    : "the keys of access tokens can't be read; tokens are answered with 503");
      }
      throw e;
    }
  }

  private static URL url(String text) {
    try {
      return URI.create(text).toURL();
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  @Override
  public void close() {
    try {
      if (source instanceof Closeable closeable) {
        closeable.close();
      }
    } catch (IOException e) {
      log.debug("a thread that reads keys did not end", e);
    }
  }
}
