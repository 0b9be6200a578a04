package dev.darkroom.gateway.submit;

import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client submitted, with every default filled in.
 *
 * @param ignored fields of the body that have no meaning here
 * @param givenSeed empty where it was drawn
 * @param givenDeadlineSeconds empty where the deadline is the configured one
 * @param originals the jobs that are to be repeated: none, one, or one for each picture
 * @param webhook who is to be told of the job
 * @param priority among the waiting jobs of its line
 * @param count pictures: a job for each, the seed of each one higher than that before
 */
public record Submission(
    GenerationRequest request,
    String userId,
    Duration deadline,
    List<String> ignored,
    Optional<Long> givenSeed,
    Optional<Long> givenDeadlineSeconds,
    List<RequestId> originals,
    Optional<JobWebhook> webhook,
    int priority,
    int count) {

  /** The same as a repetition of these jobs. */
  Submission as(List<RequestId> repeated) {
    return new Submission(
        request,
        userId,
        deadline,
        ignored,
        givenSeed,
        givenDeadlineSeconds,
        repeated,
        webhook,
        priority,
        count);
  }

  /** What the job in this place asks for, from 0. */
  GenerationRequest request(int place) {
    return place == 0 ? request : request.withSeed(request.seed() + place);
  }

  /** The job that the one in this place repeats, if any. */
  @Nullable RequestId original(int place) {
    if (originals.isEmpty()) {
      return null;
    }
    return originals.size() == 1 ? originals.getFirst() : originals.get(place);
  }

  /**
   * Equal for submissions that ask for the same, however they are written. Fingerprints are stored
   * with keys, so the form must not change while keys are kept; a test pins it.
   */
  public String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(canonical().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A field per line with its length, so that no text can imitate another field. Defaults are
   * filled in, except for a drawn seed, which differs each time.
   */
  String canonical() {
    var form = new StringBuilder();
    add(form, "prompt", request.prompt());
    add(form, "negative_prompt", request.negativePrompt());
    add(form, "diffusionStrength", request.diffusionStrength());
    add(form, "styleIntensity", request.styleIntensity());
    add(form, "style", request.style());
    add(form, "width", request.width());
    add(form, "height", request.height());
    add(form, "seed", givenSeed.orElse(null));
    add(form, "userId", userId);
    add(form, "deadlineSeconds", givenDeadlineSeconds.orElse(null));
    if (request.model() != null) { // younger than the first fingerprints, which must not change
      add(form, "model", request.model());
    }
    if (request.loras() != null) { // younger, too
      for (var lora : request.loras()) {
        add(form, "lora", lora.url());
        add(form, "scale", lora.scale());
      }
    }
    webhook.ifPresent(wanted -> {
      add(form, "webhookUrl", wanted.url());
      add(
          form,
          "webhookEvents",
          wanted.events().stream().map(JobStatus::word).collect(Collectors.joining(",")));
    });
    if (priority != JobTerms.USUAL) {
      add(form, "priority", priority);
    }
    if (count != 1) { // younger, too
      add(form, "count", count);
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
