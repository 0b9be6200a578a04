package dev.darkroom.worker;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Installs native ciphers and hashes before anything uses one. A worker is compiled for a quick
 * start, not for speed, so TLS and SHA-256 in Java would cost milliseconds per picture.
 */
final class NativeCryptography implements ApplicationListener<ApplicationPreparedEvent> {
  private static final Logger log = LoggerFactory.getLogger(NativeCryptography.class);

  @Override
  public void onApplicationEvent(ApplicationPreparedEvent event) {
    install();
  }

  static void install() {
    var trouble = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
    if (trouble == null) {
      AmazonCorrettoCryptoProvider.install();
    } else {
      log.atInfo()
          .addKeyValue("reason", String.valueOf(trouble.getMessage()))
          .log(
              "no native ciphers and hashes for this platform; Java computes them, which is slower");
    }
  }
}
