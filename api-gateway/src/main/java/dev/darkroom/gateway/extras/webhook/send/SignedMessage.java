package dev.darkroom.gateway.extras.webhook.send;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A message with the headers by which its receiver knows whom it is from (<a
 * href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 * Webhooks 1.0</a>).
 *
 * @param id the same for every try
 * @param sentAt when this try began, which receivers compare with their clock
 * @param signatures one for each secret, separated by blanks
 */
public record SignedMessage(String id, Instant sentAt, String body, String signatures) {
  public static SignedMessage sign(String id, Instant sentAt, String body, List<String> secrets) {
    var signatures =
        secrets.stream()
            .map(secret -> signature(id, sentAt, body, secret))
            .collect(Collectors.joining(" "));
    return new SignedMessage(id, sentAt, body, signatures);
  }

  private static String signature(String id, Instant sentAt, String body, String secret) {
    try {
      return new Webhook(secret).sign(id, sentAt.getEpochSecond(), body);
    } catch (WebhookSigningException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
