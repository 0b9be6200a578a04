package dev.darkroom.gateway.submit.fields;

import dev.darkroom.model.StyleNames;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Fields of other image APIs that ask for something which this API takes in another field, or not
 * at all. Ignored silently, they would cost a picture that nobody asked for.
 *
 * @param names as {@link #normalized}
 * @param advice continues a sentence that begins with the field's name
 * @param changesNothing whether a value asks for what is made anyway, measured against what the
 *     body asks for in the fields of this API
 */
record ForeignField(
    Set<String> names, String advice, BiPredicate<JsonNode, JsonNode> changesNothing) {
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[_\\-. ]");

  /** Shorter names resemble too many words. */
  private static final int SHORTEST = 3;

  /** Words of other APIs that resemble our fields by chance. */
  private static final Set<String> OTHER_WORDS = Set.of("mode", "speed", "weight", "feed", "need");

  private static final Pattern SIZE = Pattern.compile("\\s*(\\d{1,5})\\s*[xX×*]\\s*(\\d{1,5})\\s*");
  private static final Pattern RATIO = Pattern.compile("\\s*(\\d{1,5})\\s*[:/]\\s*(\\d{1,5})\\s*");
  private static final String UNKNOWN = "is not a field here";
  private static final String BY_SIDES = "; use width and height in pixels";

  private static final List<ForeignField> ALL =
      List.of(
          renamed("prompt", "text textprompts inputprompt"),
          renamed("negative_prompt", "negative negprompt negativetext negativeprompts"),
          renamed(
              "diffusionStrength",
              "strength denoisingstrength denoise promptstrength imagestrength"),
          renamed("styleIntensity", "intensity stylestrength styleweight stylization"),
          renamed("style", "stylepreset presetstyle preset stylename styleid"),
          renamed("width", "imagewidth outputwidth w"),
          renamed("height", "imageheight outputheight h"),
          renamed("seed", "randomseed noiseseed seedvalue rngseed"),
          renamed("loras", "lora loraweights loraurl lorascale imageloras hflora extralora"),
          renamed("model", "modelid modelname engine engineid checkpoint sdmodelcheckpoint"),
          renamed("userId", "user username uid enduser enduserid"),
          renamed("deadlineSeconds", "deadline timeout timeoutseconds ttl maxwait expiresin"),
          renamed("webhookUrl", "webhook callback callbackurl notifyurl webhookuri callbackuri"),
          renamed("webhookEvents", "webhookeventsfilter webhooktypes callbackevents"),
          renamed(
              "count",
              "n niter nimages numpictures numimages numoutputs numsamples numberofimages numimagesperprompt imagecount imagescount samples samplecount batchsize batchcount"),
          other(
              "size imagesize imgsize outputsize targetsize resolution dimensions",
              BY_SIDES,
              ForeignField::isSize),
          other("aspectratio aspect ratio ar", BY_SIDES, ForeignField::isRatio),
          other(
              "steps numinferencesteps inferencesteps numsteps nsteps stepcount samplingsteps ddimsteps",
              "; diffusionStrength sets the number of steps, from 0 (fewest) to 1"),
          other(
              "guidancescale guidance cfgscale cfg cfgguidance",
              ": the operator sets the guidance scale of each model"),
          other(
              "responseformat returntype",
              ": imageUrl is the picture's address; fetch it from there",
              "url"),
          other(
              "outputformat responseextension imageformat format outputquality outputcompression",
              ": pictures have the model's format, usually WebP",
              "webp",
              "auto"),
          other(
              "quality",
              "; diffusionStrength sets how finely the picture is drawn",
              "auto",
              "standard"),
          other(
              "image images imageurl imageurls imageprompt initimage initimages inputimage inputimages controlimage referenceimage mask maskimage maskurl",
              ": pictures are made from text alone; describe it in prompt"),
          other(
              "extrabody parameters params input inputs instances arguments",
              "; put its fields, such as prompt, at the top level of the body"),
          other(
              "stream sync syncmode wait",
              "; send the header Prefer: wait=30, or follow /api/generate/{requestId}/events"),
          other("idempotencykey", "; send it as the header Idempotency-Key"));

  private static final List<String> LONG_NAMES =
      ALL.stream()
          .flatMap(field -> field.names.stream())
          .filter(name -> name.length() >= 8)
          .sorted()
          .toList();

  /** The field of this name, or a misspelt one: of ours, or of others with long names. */
  static Optional<ForeignField> find(String name) {
    return named(normalized(name))
        .or(() -> nearest(name, UnknownFields.OWN).map(own -> renamed(own, "")))
        .or(() -> nearest(name, LONG_NAMES).flatMap(ForeignField::named));
  }

  private static Optional<ForeignField> named(String word) {
    return ALL.stream().filter(field -> field.names.contains(word)).findFirst();
  }

  private static ForeignField renamed(String own, String names) {
    return other(names, "; use " + own, (value, requested) -> same(value, requested.path(own)));
  }

  private static ForeignField other(String names, String advice, String... harmless) {
    return other(
        names,
        advice,
        (value, _) ->
            value.isString()
                && Stream.of(harmless)
                    .anyMatch(value.stringValue().strip().toLowerCase(Locale.ROOT)::equals));
  }

  private static ForeignField other(
      String names, String advice, BiPredicate<JsonNode, JsonNode> changesNothing) {
    return new ForeignField(Set.of(names.split(" ")), UNKNOWN + advice, changesNothing);
  }

  /** Whether the picture gets this size: such as {@code 512x512}; a number is both sides. */
  private static boolean isSize(JsonNode size, JsonNode requested) {
    var width = requested.path("width");
    var height = requested.path("height");
    if (!size.isString()) {
      return same(size.isNumber() ? size : size.path("width"), width)
          && same(size.isNumber() ? size : size.path("height"), height);
    }
    var sides = SIZE.matcher(size.stringValue());
    return sides.matches()
        ? same(number(sides.group(1)), width) && same(number(sides.group(2)), height)
        : size.stringValue().strip().equalsIgnoreCase("auto");
  }

  /** Whether its sides have this ratio: a text such as {@code 16:9}. */
  private static boolean isRatio(JsonNode ratio, JsonNode requested) {
    var sides = RATIO.matcher(ratio.isString() ? ratio.stringValue() : "");
    var width = requested.path("width");
    var height = requested.path("height");
    return sides.matches()
        && width.isNumber()
        && height.isNumber()
        && times(width, sides.group(2)).compareTo(times(height, sides.group(1))) == 0;
  }

  private static BigDecimal times(JsonNode side, String factor) {
    return side.decimalValue().multiply(new BigDecimal(factor));
  }

  private static JsonNode number(String digits) {
    return JsonNodeFactory.instance.numberNode(new BigDecimal(digits));
  }

  private static boolean same(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    if (one.isString() && other.isString()) {
      return StyleNames.canonical(one.stringValue())
          .equals(StyleNames.canonical(other.stringValue()));
    }
    return one.equals(other);
  }

  /** Without case and separators: snake_case and camelCase are the same. */
  static String normalized(String name) {
    return BETWEEN_WORDS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  /** The name that was probably meant. */
  static Optional<String> nearest(String written, Collection<String> names) {
    var word = normalized(written);
    if (word.length() < SHORTEST || OTHER_WORDS.contains(word)) {
      return Optional.empty();
    }
    return names.stream().filter(name -> isNear(word, normalized(name))).findFirst();
  }

  /** One mistake in a short word, two in a longer one. */
  private static boolean isNear(String word, String name) {
    var most = Math.min(word.length(), name.length()) <= 5 ? 1 : 2;
    return Math.abs(word.length() - name.length()) <= most && distance(word, name) <= most;
  }

  /**
   * Insertions, deletions, replacements and exchanges of neighbours that make one of the other (<a
   * href="https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance#Optimal_string_alignment_distance">optimal
   * string alignment</a>).
   */
  private static int distance(String a, String b) {
    var cost = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    var same = a.charAt(i - 1) == b.charAt(j - 1);
    var least =
        Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
    var exchanged =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
