package dev.darkroom.worker;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Has ciphers and hashes computed by native code, before anything asks for one. A worker is
 * compiled for a quick start and not for speed, which TLS and SHA-256 in Java would pay for with
 * milliseconds per picture.
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
              "no native code for ciphers and hashes here; Java computes them, which takes longer");
    }
  }
}
