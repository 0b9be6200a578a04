package dev.darkroom.gateway.submit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Equal for submissions that ask for the same, however they are written. Fingerprints are stored
 * with keys, so the form must not change while keys are kept; a test pins it.
 */
final class Fingerprint {
  private Fingerprint() {}

  static String of(Submission submission) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(canonical(submission).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A field per line with its length, so that no text can imitate another field. Defaults are
   * filled in, except for a drawn seed, which differs each time.
   */
  static String canonical(Submission submission) {
    var request = submission.request();
    var given = submission.given();
    var form = new StringBuilder();
    add(form, "prompt", request.prompt());
    add(form, "negative_prompt", request.negativePrompt());
    add(form, "diffusionStrength", request.diffusionStrength());
    add(form, "styleIntensity", request.styleIntensity());
    add(form, "style", request.style());
    add(form, "width", request.width());
    add(form, "height", request.height());
    add(form, "seed", given.seed().orElse(null));
    add(form, "userId", submission.userId());
    add(form, "deadlineSeconds", given.deadlineSeconds().orElse(null));
    if (request.model() != null) { // younger than the first fingerprints, which must not change
      add(form, "model", request.model());
    }
    if (request.loras() != null) { // younger, too
      for (var lora : request.loras()) {
        add(form, "lora", lora.url());
        add(form, "scale", lora.scale());
      }
    }
    return form.toString();
  }

  private static void add(StringBuilder form, String field, @Nullable Object value) {
    form.append(field);
    if (value == null) {
      form.append(" absent\n");
    } else {
      var text = value.toString();
      form.append(' ').append(text.length()).append(' ').append(text).append('\n');
    }
  }
}
