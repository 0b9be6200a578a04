package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.ledger.webhooks.WebhookOwner;
import dev.darkroom.ledger.webhooks.WebhookSecretStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.springframework.stereotype.Component;

/** Makes the secrets of owners. */
@Component
final class WebhookSecrets {
  /** Signatures of the secret before the latest rotation go on for so long. */
  static final Duration OVERLAP = Duration.ofHours(24);

  /** Standard Webhooks wants 24 to 64. */
  private static final int BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final WebhookSecretStore store;

  WebhookSecrets(WebhookSecretStore store) {
    this.store = store;
  }

  /** The owner's, which begins with the first question for it. */
  String currentOf(WebhookOwner owner) {
    return store.currentOr(owner, fresh());
  }

  String rotate(WebhookOwner owner) {
    var fresh = fresh();
    store.rotate(owner, fresh, OVERLAP);
    return fresh;
  }

  /** What to sign the owner's messages with; never empty. */
  List<String> signing(WebhookOwner owner) {
    return orFirst(owner, store.signing(owner));
  }

  /** These, or the owner's first one where there are none. */
  List<String> orFirst(WebhookOwner owner, List<String> signing) {
    return signing.isEmpty() ? List.of(currentOf(owner)) : signing;
  }

  private String fresh() {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }
}
