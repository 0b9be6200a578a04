package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.JsonObjectReader;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.model.ImageModel;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.fields.UnknownFields;
import dev.darkroom.gateway.submit.fields.WebhookFields;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.GroupEvent;
import dev.darkroom.model.StyleNames;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Parses the body of a submission field by field instead of binding it to a class, so that a client
 * gets all of its mistakes at once, in sentences about its fields.
 */
@Component
public final class SubmissionParser {
  private static final Pattern DUPLICATE =
      Pattern.compile("Duplicate Object property \"([\\w.-]{1,64})\"");

  /** In seconds; the limits for clients and for the default. */
  private static final int MIN_DEADLINE = 10;

  private static final int MAX_DEADLINE = 86_400;

  /** Every model takes seeds below this. */
  private static final long DRAWN_SEED_BOUND = 1L << 31;

  private final JsonObjectReader json = new JsonObjectReader(RequestBody.LIMIT);
  private final RandomGenerator random;
  private final JobSettings settings;
  private final ModelCatalog models;
  private final CallbackSettings callbacks;

  SubmissionParser(
      RandomGenerator random,
      JobSettings settings,
      ModelCatalog models,
      CallbackSettings callbacks) {
    this.random = random;
    this.settings = settings;
    this.models = models;
    this.callbacks = callbacks;
  }

  /**
   * Settings of new jobs.
   *
   * @param deadline default time from acceptance to the end of a job
   */
  @Validated
  @ConfigurationProperties("darkroom.job")
  record JobSettings(
      @DefaultValue("15m") @DurationMin(seconds = MIN_DEADLINE) @DurationMax(seconds = MAX_DEADLINE)
          Duration deadline) {}

  /**
   * Which webhooks jobs may have.
   *
   * @param allowPrivate whether http and private hosts are allowed, for development
   */
  @Validated
  @ConfigurationProperties("darkroom.webhook")
  record CallbackSettings(@DefaultValue("false") boolean allowPrivate) {}

  /** Parses a body. */
  public Parsed<Submission> parse(String text) {
    return switch (read(text)) {
      case Parsed.BadFields<JsonNode>(var errors) -> new Parsed.BadFields<>(errors);
      case Parsed.Success<JsonNode>(var object) -> parse(object);
    };
  }

  /** Reads the object that a body holds. */
  public Parsed<JsonNode> read(String text) {
    try {
      var object = json.read(text);
      return object.isObject()
          ? new Parsed.Success<>(object)
          : bad("must be a JSON object such as {\"prompt\": \"a lighthouse at dusk\"}");
    } catch (StreamConstraintsException e) { // nesting is the only limit below the body's size
      return bad("is nested deeper than %d levels".formatted(JsonObjectReader.MAX_NESTING));
    } catch (JacksonException e) {
      return bad("is not valid JSON%s%s".formatted(duplicate(e), place(e)));
    }
  }

  /** Reads the object that an optional body holds. */
  Parsed<JsonNode> readOptional(String text) {
    return text.isBlank()
        ? new Parsed.Success<>(JsonNodeFactory.instance.objectNode())
        : read(text);
  }

  /** Parses an object that was read. */
  public Parsed<Submission> parse(JsonNode tree) {
    var fields = new FieldReader(tree);
    var prompt = fields.requiredText("prompt", GenerationRequest.MAX_PROMPT);
    var negativePrompt = fields.text("negative_prompt", GenerationRequest.MAX_PROMPT);
    var diffusionStrength =
        fields.share("diffusionStrength", GenerationRequest.DEFAULT_DIFFUSION_STRENGTH);
    var styleIntensity = fields.share("styleIntensity", GenerationRequest.DEFAULT_STYLE_INTENSITY);
    var style = fields.text("style", GenerationRequest.MAX_STYLE);
    var named = fields.oneOf("model", models.names()).flatMap(models::find);
    var model = named.orElse(models.defaultModel());
    var width = side(fields, "width", model.defaultSize().width());
    var height = side(fields, "height", model.defaultSize().height());
    var seed = fields.seed("seed");
    var loras = fields.loras("loras");
    var userId = fields.text("userId", GenerationRequest.MAX_USER_ID);
    var deadline = fields.integer("deadlineSeconds", MIN_DEADLINE, MAX_DEADLINE);
    var priority = fields.integer("priority", JobTerms.LOWEST, JobTerms.HIGHEST);
    var count = fields.integer("count", 1, GroupEvent.MAX_SIZE).map(Math::toIntExact).orElse(1);
    var webhook = WebhookFields.read(fields, callbacks.allowPrivate());
    var unknown = UnknownFields.in(tree, model);
    if (seed.isPresent() && seed.get() > Long.MAX_VALUE - count + 1) {
      fields.reject(
          "seed",
          "must be at most %d with a count of %d: each picture's seed is one higher"
              .formatted(Long.MAX_VALUE - count + 1, count));
    }
    var request =
        new GenerationRequest(
            prompt,
            negativePrompt.orElse(null),
            diffusionStrength,
            styleIntensity,
            style.map(StyleNames::canonical).orElse(null),
            width,
            height,
            seed.orElseGet(() -> random.nextLong(DRAWN_SEED_BOUND - count + 1)),
            named.map(ImageModel::name).orElse(null),
            loras.orElse(null));
    var errors =
        Stream.of(fields.errors(), model.faultsOf(request), unknown.rejected())
            .flatMap(List::stream)
            .toList();
    if (!errors.isEmpty()) {
      return new Parsed.BadFields<>(errors);
    }
    return new Parsed.Success<>(
        new Submission(
            request,
            userId.orElse(GenerationRequest.ANONYMOUS),
            deadline.map(Duration::ofSeconds).orElse(settings.deadline()),
            ignored(unknown, model, request),
            seed,
            deadline,
            List.of(),
            webhook,
            priority.map(Math::toIntExact).orElse(JobTerms.USUAL),
            count));
  }

  /** What changes nothing is named, so that nobody waits for its effect. */
  private static List<String> ignored(
      UnknownFields unknown, ImageModel model, GenerationRequest request) {
    return model.negativePrompt() || request.negativePrompt() == null
        ? unknown.ignored()
        : Stream.concat(unknown.ignored().stream(), Stream.of("negative_prompt")).toList();
  }

  private static int side(FieldReader fields, String name, int otherwise) {
    return fields
        .integer(name, GenerationRequest.MIN_SIDE, GenerationRequest.MAX_SIDE)
        .map(Math::toIntExact)
        .orElse(otherwise);
  }

  /** Jackson names the field in its message only. */
  private static String duplicate(JacksonException e) {
    var field = DUPLICATE.matcher(String.valueOf(e.getOriginalMessage()));
    return field.find() ? ": duplicate field \"%s\"".formatted(field.group(1)) : "";
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null || location.getLineNr() < 1
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static Parsed<JsonNode> bad(String message) {
    return new Parsed.BadFields<>(List.of(new BadField("body", message)));
  }
}
