package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.model.ImageModel;
import dev.darkroom.gateway.model.ImageModel.PictureSize;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.Submission;
import dev.darkroom.gateway.submit.SubmissionParser;
import dev.darkroom.model.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Translates the body of {@code POST /v1/images/generations} into a submission, and what is wrong
 * with the submission back into the words of the body.
 */
@Component
final class ImageOrderParser {
  private static final int MOST_PICTURES = 4;
  private static final String URL = "url";
  private static final String BASE64 = "b64_json";

  /** What OpenAI's clients expect, unless the operator gave the model a default of its own. */
  private static final int USUAL_SIDE = 1024;

  private static final PictureSize NOT_CHOSEN =
      new PictureSize(GenerationRequest.DEFAULT_SIDE, GenerationRequest.DEFAULT_SIDE);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  /** OpenAI replies with the bytes for these, whatever is asked for. */
  private static final Predicate<String> IN_BASE64 =
      Pattern.compile("(chat)?gpt-image.*").asMatchPredicate();

  /** Words of theirs for how finely a picture is drawn, which is our diffusionStrength. */
  private static final List<String> QUALITIES =
      List.of("auto", "standard", "low", "medium", "high", "hd");

  /** Styles of DALL·E 3, for which there are no words here. */
  private static final Set<String> THEIR_STYLES = Set.of("vivid", "natural");

  /** Fields that are the same in a submission; those behind seed are ours alone. */
  private static final List<String> SAME =
      List.of(
          "prompt",
          "negative_prompt",
          "seed",
          "diffusionStrength",
          "styleIntensity",
          "loras",
          "deadlineSeconds",
          "priority",
          "webhookUrl",
          "webhookEvents");

  private static final Set<String> TRANSLATED =
      Set.of(
          "model",
          "n",
          "size",
          "quality",
          "style",
          "response_format",
          "output_format",
          "user",
          "stream");

  private final SubmissionParser submissions;
  private final ModelCatalog models;

  ImageOrderParser(SubmissionParser submissions, ModelCatalog models) {
    this.submissions = submissions;
    this.models = models;
  }

  /** What was read of a body. */
  sealed interface ParsedOrder {
    record ValidOrder(ImageOrder order) implements ParsedOrder {}

    record RefusedOrder(Problem problem) implements ParsedOrder {}
  }

  ParsedOrder parse(String text) {
    return switch (submissions.read(text)) {
      case Parsed.BadFields<JsonNode>(var errors) ->
          new ParsedOrder.RefusedOrder(Problem.badFields(errors));
      case Parsed.Success<JsonNode>(var body) -> parse(body);
    };
  }

  private ParsedOrder parse(JsonNode body) {
    var fields = new FieldReader(body);
    var name = fields.text("model", GenerationRequest.MAX_MODEL);
    var model = name.map(models::find).orElseGet(() -> Optional.of(models.defaultModel()));
    if (model.isEmpty()) {
      return new ParsedOrder.RefusedOrder(OpenAiModelController.noSuchModel(name.orElseThrow()));
    }
    var translated = JsonNodeFactory.instance.objectNode();
    name.ifPresent(_ -> translated.put("model", model.get().name()));
    fields.integer("n", 1, MOST_PICTURES).ifPresent(n -> translated.put("count", n));
    var replies = fields.oneOf("response_format", List.of(URL, BASE64));
    var format = fields.oneOf("output_format", List.of("webp", "png", "jpeg"));
    var streamed = fields.flag("stream");
    var ignored = new ArrayList<String>();
    translateSize(fields, model.get(), translated);
    translateQuality(fields, translated);
    translateStyle(fields, translated, ignored);
    fields.text("user", GenerationRequest.MAX_USER_ID).ifPresent(u -> translated.put("userId", u));
    SAME.stream().filter(body::hasNonNull).forEach(f -> translated.set(f, body.get(f)));
    body.propertyStream()
        .filter(field -> !field.getValue().isNull())
        .map(Map.Entry::getKey)
        .filter(field -> !SAME.contains(field) && !TRANSLATED.contains(field))
        .forEach(ignored::add);
    if (streamed && replies.equals(Optional.of(URL))) {
      ignored.add("response_format"); // events have the bytes
    }
    return switch (submissions.parse(translated)) {
      case Parsed.BadFields<Submission>(var errors) ->
          refused(
              Stream.concat(
                  fields.errors().stream(), errors.stream().map(ImageOrderParser::inTheirWords)));
      case Parsed.Success<Submission> _ when !fields.errors().isEmpty() ->
          refused(fields.errors().stream());
      case Parsed.Success<Submission>(var submission) ->
          new ParsedOrder.ValidOrder(
              new ImageOrder(
                  submission,
                  replies.map(BASE64::equals).orElseGet(() -> name.filter(IN_BASE64).isPresent()),
                  streamed,
                  format,
                  ignored));
    };
  }

  private static ParsedOrder refused(Stream<BadField> errors) {
    return new ParsedOrder.RefusedOrder(Problem.badFields(errors.toList()));
  }

  private static void translateSize(FieldReader fields, ImageModel model, ObjectNode translated) {
    var size = fields.text("size", 32).filter(text -> !text.equals("auto"));
    if (size.isEmpty()) {
      var usual = model.defaultSize().equals(NOT_CHOSEN) && takesUsualSide(model);
      translated.put("width", usual ? USUAL_SIDE : model.defaultSize().width());
      translated.put("height", usual ? USUAL_SIDE : model.defaultSize().height());
      return;
    }
    var sides = SIZE.matcher(size.get());
    if (sides.matches()) {
      translated.put("width", Integer.parseInt(sides.group(1)));
      translated.put("height", Integer.parseInt(sides.group(2)));
    } else {
      fields.reject("size", "must be auto, or width and height such as 1024x768");
    }
  }

  private static boolean takesUsualSide(ImageModel model) {
    return model.sides().least() <= USUAL_SIDE
        && model.sides().most() >= USUAL_SIDE
        && USUAL_SIDE % model.multiple() == 0;
  }

  private static void translateQuality(FieldReader fields, ObjectNode translated) {
    fields
        .oneOf("quality", QUALITIES)
        .flatMap(ImageOrderParser::strengthOf)
        .ifPresent(strength -> translated.put("diffusionStrength", strength));
  }

  /** Empty for what is the default here, too. */
  private static Optional<Double> strengthOf(String quality) {
    return switch (quality) {
      case "low" -> Optional.of(0.0);
      case "high", "hd" -> Optional.of(1.0);
      default -> Optional.empty();
    };
  }

  private static void translateStyle(
      FieldReader fields, ObjectNode translated, List<String> ignored) {
    fields
        .text("style", GenerationRequest.MAX_STYLE)
        .ifPresent(style -> {
          if (THEIR_STYLES.contains(style)) {
            ignored.add("style");
          } else {
            translated.put("style", style);
          }
        });
  }

  private static BadField inTheirWords(BadField bad) {
    return switch (bad.field()) {
      case "width", "height" ->
          new BadField("size", "has a %s that %s".formatted(bad.field(), bad.message()));
      case "userId" -> new BadField("user", bad.message());
      case "count" -> new BadField("n", bad.message());
      default -> bad;
    };
  }
}
