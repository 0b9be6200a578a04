package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.StyleNames;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the body of a submission. It goes through the JSON object field by field instead of binding
 * it to a class, so that a client hears of all its mistakes at once, in words about its fields.
 */
@Component
final class ReadSubmission {
  private final ReadFlatObject body = new ReadFlatObject();

  private final DrawSeed drawSeed;
  private final JobSettings settings;
  private final ModelSettings models;

  ReadSubmission(DrawSeed drawSeed, JobSettings settings, ModelSettings models) {
    this.drawSeed = drawSeed;
    this.settings = settings;
    this.models = models;
  }

  /** What was read. */
  sealed interface Reading {
    record Understood(Submission submission) implements Reading {}

    record Bad(List<BadField> errors) implements Reading {}
  }

  Reading read(String text) {
    try {
      var object = body.read(text);
      return object.isObject()
          ? fields(object)
          : bad("must be a JSON object such as {\"prompt\": \"a lighthouse at dusk\"}");
    } catch (StreamConstraintsException e) {
      // the only limit that a body can go beyond; Jackson does not say where
      return bad("is nested deeper than %d levels".formatted(ReadFlatObject.MAX_NESTING));
    } catch (JacksonException e) {
      return bad("is not JSON as RFC 8259 has it, or names a field twice" + place(e));
    }
  }

  private Reading fields(JsonNode tree) {
    var fields = new Fields(tree);
    var prompt = fields.requiredText("prompt", GenerationRequest.MAX_PROMPT);
    var negativePrompt = fields.text("negative_prompt", GenerationRequest.MAX_PROMPT);
    var diffusionStrength =
        fields.share("diffusionStrength", GenerationRequest.DEFAULT_DIFFUSION_STRENGTH);
    var styleIntensity = fields.share("styleIntensity", GenerationRequest.DEFAULT_STYLE_INTENSITY);
    var style = fields.text("style", GenerationRequest.MAX_STYLE);
    var width = side(fields, "width");
    var height = side(fields, "height");
    var seed = fields.seed("seed");
    var model = fields.oneOf("model", models.allowed());
    var loras = fields.loras("loras");
    var userId = fields.text("userId", GenerationRequest.MAX_USER_ID);
    var deadline =
        fields.integer("deadlineSeconds", JobSettings.MIN_DEADLINE, JobSettings.MAX_DEADLINE);
    var unknown = UnknownFields.in(tree, models.model());
    if (!fields.bad().isEmpty() || !unknown.refused().isEmpty()) {
      return new Reading.Bad(
          Stream.concat(fields.bad().stream(), unknown.refused().stream()).toList());
    }
    return new Reading.Understood(
        new Submission(
            new GenerationRequest(
                prompt,
                negativePrompt.orElse(null),
                diffusionStrength,
                styleIntensity,
                style.map(StyleNames::canonical).orElse(null),
                width,
                height,
                seed.orElseGet(drawSeed::draw),
                model.orElse(null),
                loras.orElse(null)),
            userId.orElse(GenerationRequest.ANONYMOUS),
            deadline.map(Duration::ofSeconds).orElse(settings.deadline()),
            unknown.ignored(),
            new Submission.Given(seed, deadline)));
  }

  private static int side(Fields fields, String name) {
    return fields
        .integer(name, GenerationRequest.MIN_SIDE, GenerationRequest.MAX_SIDE)
        .map(Math::toIntExact)
        .orElse(GenerationRequest.DEFAULT_SIDE);
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null || location.getLineNr() < 1
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static Reading bad(String message) {
    return new Reading.Bad(List.of(new BadField("body", message)));
  }
}
