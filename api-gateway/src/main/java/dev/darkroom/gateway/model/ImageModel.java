package dev.darkroom.gateway.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.model.GenerationRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a model takes, and how its calls are made.
 *
 * @param name the provider's, sent with each call
 * @param aliases other names that requests may use
 * @param steps inference steps at {@code diffusionStrength} 0 and 1
 * @param sides of a picture, in pixels
 * @param multiple each side must be one of this
 * @param defaultSize where a request names none
 * @param longestPrompt in characters; also of a negative prompt
 * @param negativePrompt whether it has an effect; where it has none, it is not sent
 * @param loras whether it takes any
 * @param guidanceScale sent with each call; null for the model's own default
 * @param price of a picture, in the currency of the provider's bill; null where nobody set it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageModel(
    String name,
    @DefaultValue List<String> aliases,
    NumberRange steps,
    NumberRange sides,
    int multiple,
    PictureSize defaultSize,
    int longestPrompt,
    boolean negativePrompt,
    boolean loras,
    @Nullable Double guidanceScale,
    @Nullable BigDecimal price) {
  /** Of Nebius, for every model: docs.tokenfactory.nebius.com, api-reference/inference/generate. */
  private static final int MOST_STEPS = 80;

  private static final double HIGHEST_GUIDANCE = 100;

  /** What operators configure is checked here, so that a bad value stops the start. */
  public ImageModel {
    aliases = List.copyOf(aliases);
    require(name, "name", isName(name), "1 to 128 characters, not blank");
    require(
        name,
        "aliases",
        aliases.stream().allMatch(ImageModel::isName),
        "names of 1 to 128 characters");
    require(name, "steps", steps.isWithin(1, MOST_STEPS), "within 1-80, such as 30-50");
    require(
        name,
        "sides",
        sides.isWithin(GenerationRequest.MIN_SIDE, GenerationRequest.MAX_SIDE),
        "within %d-%d".formatted(GenerationRequest.MIN_SIDE, GenerationRequest.MAX_SIDE));
    require(
        name,
        "multiple",
        multiple >= 1 && sides.most() / multiple * multiple >= sides.least(),
        "at least 1, and some side must be a multiple of it");
    require(
        name,
        "default-size",
        isSide(defaultSize.width(), sides, multiple)
            && isSide(defaultSize.height(), sides, multiple),
        "a size that the model takes, with sides that are " + sideRule(sides, multiple));
    require(
        name,
        "longest-prompt",
        longestPrompt >= 1 && longestPrompt <= GenerationRequest.MAX_PROMPT,
        "between 1 and " + GenerationRequest.MAX_PROMPT);
    require(
        name,
        "guidance-scale",
        guidanceScale == null || (guidanceScale >= 0 && guidanceScale <= HIGHEST_GUIDANCE),
        "between 0 and 100");
    require(name, "price", price == null || price.signum() >= 0, "0 or more");
  }

  /**
   * Whole numbers between two, both included; written {@code 30-50}, or {@code 4} for one alone.
   */
  public record NumberRange(int least, int most) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?");

    public NumberRange {
      if (least > most) {
        throw new IllegalArgumentException("should begin with the smaller number");
      }
    }

    /** Spring converts the setting's text with it. */
    public static NumberRange valueOf(String text) {
      var ends = FORM.matcher(text.strip());
      if (!ends.matches()) {
        throw new IllegalArgumentException("should be two numbers, such as 30-50, or one");
      }
      var most = ends.group(2) == null ? ends.group(1) : ends.group(2);
      return new NumberRange(Integer.parseInt(ends.group(1)), Integer.parseInt(most));
    }

    boolean contains(int number) {
      return number >= least && number <= most;
    }

    boolean isWithin(int first, int last) {
      return least >= first && most <= last;
    }
  }

  /** Written {@code 1024x768}. */
  public record PictureSize(int width, int height) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    /** Spring converts the setting's text with it. */
    public static PictureSize valueOf(String text) {
      var sides = FORM.matcher(text.strip());
      if (!sides.matches()) {
        throw new IllegalArgumentException("should be width and height, such as 1024x768");
      }
      return new PictureSize(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
    }
  }

  /** The same under another name. */
  ImageModel named(String other) {
    return new ImageModel(
        other,
        List.of(),
        steps,
        sides,
        multiple,
        defaultSize,
        longestPrompt,
        negativePrompt,
        loras,
        guidanceScale,
        price);
  }

  /** With this guidance scale, where it has none of its own. */
  ImageModel guidedBy(Optional<Double> scale) {
    return new ImageModel(
        name,
        aliases,
        steps,
        sides,
        multiple,
        defaultSize,
        longestPrompt,
        negativePrompt,
        loras,
        Optional.ofNullable(guidanceScale).or(() -> scale).orElse(null),
        price);
  }

  /**
   * The steps of a call.
   *
   * @param diffusionStrength 0 to 1
   */
  public long steps(double diffusionStrength) {
    return Math.round(steps.least() + (steps.most() - steps.least()) * diffusionStrength);
  }

  /** Every field of a request that breaks a rule of this model. */
  public List<BadField> faultsOf(GenerationRequest request) {
    var faults = new ArrayList<BadField>();
    checkText(request.prompt(), "prompt", faults);
    if (negativePrompt && request.negativePrompt() != null) {
      checkText(request.negativePrompt(), "negative_prompt", faults);
    }
    checkSide(request.width(), "width", faults);
    checkSide(request.height(), "height", faults);
    if (!loras && request.loras() != null) {
      faults.add(
          new BadField(
              "loras", "is not taken by %s; leave it out or use another model".formatted(name)));
    }
    return faults;
  }

  private void checkText(String text, String field, List<BadField> faults) {
    var characters = GenerationRequest.characters(text);
    if (characters > longestPrompt) {
      faults.add(
          new BadField(
              field,
              "must have at most %d characters for %s; got %d"
                  .formatted(longestPrompt, name, characters)));
    }
  }

  private void checkSide(int side, String field, List<BadField> faults) {
    if (!isSide(side, sides, multiple)) {
      faults.add(
          new BadField(
              field, "must be %s for %s; got %d".formatted(sideRule(sides, multiple), name, side)));
    }
  }

  private static boolean isSide(int side, NumberRange sides, int multiple) {
    return sides.contains(side) && side % multiple == 0;
  }

  private static String sideRule(NumberRange sides, int multiple) {
    var between = "between %d and %d".formatted(sides.least(), sides.most());
    return multiple == 1 ? between : "a multiple of %d %s".formatted(multiple, between);
  }

  private static boolean isName(String name) {
    return !name.isBlank() && name.length() <= GenerationRequest.MAX_MODEL;
  }

  private static void require(String model, String property, boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(
          "darkroom.models: %s of %s should be %s".formatted(property, model, rule));
    }
  }
}
