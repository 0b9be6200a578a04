package dev.darkroom.gateway.submit.fields;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Fields of other image APIs that ask for something which this API takes in another field, or not
 * at all. Ignored silently, they would cost a picture that nobody asked for.
 *
 * @param names as {@link FieldSpelling#normalized}
 * @param advice continues a sentence that begins with the field's name
 * @param changesNothing whether this value asks for what is made anyway
 */
record ForeignField(
    Set<String> names, String advice, BiPredicate<JsonNode, RequestedFields> changesNothing) {
  private static final JsonNode ONE = JsonNodeFactory.instance.numberNode(1);
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
          other(
              "n niter nimages numpictures numimages numoutputs numsamples numberofimages numimagesperprompt imagecount imagescount samples samplecount batchsize batchcount",
              ": a request makes one picture; send a request for each",
              (value, _) -> RequestedFields.same(value, ONE)),
          other(
              "size imagesize imgsize outputsize targetsize resolution dimensions",
              BY_SIDES,
              (value, requested) -> requested.isSize(value)),
          other(
              "aspectratio aspect ratio ar",
              BY_SIDES,
              (value, requested) -> requested.isRatio(value)),
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
          other(
              "webhook webhookurl callback callbackurl notifyurl",
              "; follow /api/generate/{requestId}/events, or send the header Prefer: wait=30"),
          other("idempotencykey", "; send it as the header Idempotency-Key"));

  private static final List<String> LONG_NAMES =
      ALL.stream()
          .flatMap(field -> field.names.stream())
          .filter(name -> name.length() >= 8)
          .sorted()
          .toList();

  /** The field of this name, or a misspelt one: of ours, or of others with long names. */
  static Optional<ForeignField> find(String name) {
    return named(FieldSpelling.normalized(name))
        .or(() -> FieldSpelling.nearest(name, RequestedFields.NAMES).map(own -> renamed(own, "")))
        .or(() -> FieldSpelling.nearest(name, LONG_NAMES).flatMap(ForeignField::named));
  }

  private static Optional<ForeignField> named(String word) {
    return ALL.stream().filter(field -> field.names.contains(word)).findFirst();
  }

  private static ForeignField renamed(String own, String names) {
    return other(names, "; use " + own, (value, requested) -> requested.is(own, value));
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
      String names, String advice, BiPredicate<JsonNode, RequestedFields> changesNothing) {
    return new ForeignField(Set.of(names.split(" ")), UNKNOWN + advice, changesNothing);
  }
}
