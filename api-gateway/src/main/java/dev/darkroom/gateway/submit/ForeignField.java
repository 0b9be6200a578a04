package dev.darkroom.gateway.submit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Fields of other image APIs that ask for something which this one takes in another field, or not
 * at all. Dropped silently, they would cost a picture that nobody asked for.
 *
 * @param names as {@link FieldSpelling#normalized}
 * @param advice continues a sentence that begins with the field's name
 * @param changesNothing whether this value, beside the fields of ours, asks for what is made anyway
 */
record ForeignField(
    Set<String> names, String advice, BiPredicate<JsonNode, OwnFields> changesNothing) {
  private static final JsonNode ONE = JsonNodeFactory.instance.numberNode(1);
  private static final String BY_SIDES = "is not a field here; use width and height in pixels";

  /** Those that stand for one field of ours each. */
  private static final List<ForeignField> RENAMED =
      List.of(
          renamed("prompt", "text", "textprompts", "inputprompt"),
          renamed("negative_prompt", "negative", "negprompt", "negativetext", "negativeprompts"),
          renamed(
              "diffusionStrength",
              "strength",
              "denoisingstrength",
              "denoise",
              "promptstrength",
              "imagestrength"),
          renamed("styleIntensity", "intensity", "stylestrength", "styleweight", "stylization"),
          renamed("style", "stylepreset", "presetstyle", "preset", "stylename", "styleid"),
          renamed("width", "imagewidth", "outputwidth", "w"),
          renamed("height", "imageheight", "outputheight", "h"),
          renamed("seed", "randomseed", "noiseseed", "seedvalue", "rngseed"),
          renamed(
              "loras",
              "lora",
              "loraweights",
              "loraurl",
              "lorascale",
              "imageloras",
              "hflora",
              "extralora"),
          renamed(
              "model",
              "modelid",
              "modelname",
              "engine",
              "engineid",
              "checkpoint",
              "sdmodelcheckpoint"),
          renamed("userId", "user", "username", "uid", "enduser", "enduserid"),
          renamed(
              "deadlineSeconds",
              "deadline",
              "timeout",
              "timeoutseconds",
              "ttl",
              "maxwait",
              "expiresin"));

  private static final List<ForeignField> OTHERS =
      List.of(
          new ForeignField(
              Set.of(
                  "n",
                  "niter",
                  "nimages",
                  "numpictures",
                  "numimages",
                  "numoutputs",
                  "numsamples",
                  "numberofimages",
                  "numimagesperprompt",
                  "imagecount",
                  "imagescount",
                  "samples",
                  "samplecount",
                  "batchsize",
                  "batchcount"),
              "is not a field here: a request makes one picture; send a request for each",
              (value, own) -> OwnFields.same(value, ONE)),
          new ForeignField(
              Set.of(
                  "size",
                  "imagesize",
                  "imgsize",
                  "outputsize",
                  "targetsize",
                  "resolution",
                  "dimensions"),
              BY_SIDES,
              (value, own) -> own.isSize(value)),
          new ForeignField(
              Set.of("aspectratio", "aspect", "ratio", "ar"),
              BY_SIDES,
              (value, own) -> own.isRatio(value)),
          new ForeignField(
              Set.of(
                  "steps",
                  "numinferencesteps",
                  "inferencesteps",
                  "numsteps",
                  "nsteps",
                  "stepcount",
                  "samplingsteps",
                  "ddimsteps"),
              "is not a field here; diffusionStrength sets the number of steps, from 0 (fewest) to 1",
              ForeignField::never),
          new ForeignField(
              Set.of("guidancescale", "guidance", "cfgscale", "cfg", "cfgguidance"),
              "is not a field here: the operator sets the guidance scale of each model",
              ForeignField::never),
          new ForeignField(
              Set.of("responseformat", "returntype"),
              "is not a field here: the picture's address is in imageUrl; fetch it from there",
              words("url")),
          new ForeignField(
              Set.of(
                  "outputformat",
                  "responseextension",
                  "imageformat",
                  "format",
                  "outputquality",
                  "outputcompression"),
              "is not a field here: pictures are handed out in the model's format, WebP as a rule",
              words("webp", "auto")),
          new ForeignField(
              Set.of("quality"),
              "is not a field here; diffusionStrength sets how finely the picture is drawn",
              words("auto", "standard")),
          new ForeignField(
              Set.of(
                  "image",
                  "images",
                  "imageurl",
                  "imageurls",
                  "imageprompt",
                  "initimage",
                  "initimages",
                  "inputimage",
                  "inputimages",
                  "controlimage",
                  "referenceimage",
                  "mask",
                  "maskimage",
                  "maskurl"),
              "is not a field here: pictures are made from text alone; describe it in prompt",
              ForeignField::never),
          new ForeignField(
              Set.of(
                  "extrabody", "parameters", "params", "input", "inputs", "instances", "arguments"),
              "is not a field here; put its fields, such as prompt, at the top level of the body",
              ForeignField::never),
          new ForeignField(
              Set.of("stream", "sync", "syncmode", "wait"),
              "is not a field here; send the header Prefer: wait=30, or follow /api/generate/{requestId}/events",
              ForeignField::never),
          new ForeignField(
              Set.of("webhook", "webhookurl", "callback", "callbackurl", "notifyurl"),
              "is not a field here; follow /api/generate/{requestId}/events, or send the header Prefer: wait=30",
              ForeignField::never),
          new ForeignField(
              Set.of("idempotencykey"),
              "is not a field here; send it as the header Idempotency-Key",
              ForeignField::never));

  private static final List<ForeignField> ALL =
      Stream.concat(RENAMED.stream(), OTHERS.stream()).toList();

  private static final List<String> LONG_NAMES =
      ALL.stream()
          .flatMap(field -> field.names.stream())
          .filter(name -> name.length() >= 8)
          .sorted()
          .toList();

  static Optional<ForeignField> named(String name) {
    return ofWord(FieldSpelling.normalized(name));
  }

  /** Long names only: short ones of others are near to too many words. */
  static Optional<ForeignField> nearest(String name) {
    return FieldSpelling.nearest(name, LONG_NAMES).flatMap(ForeignField::ofWord);
  }

  private static Optional<ForeignField> ofWord(String word) {
    return ALL.stream().filter(field -> field.names.contains(word)).findFirst();
  }

  /** A field of ours under a name that is almost its own. */
  static ForeignField misspelt(String own) {
    return renamed(own);
  }

  private static ForeignField renamed(String own, String... names) {
    return new ForeignField(
        Set.of(names), "is not a field here; use " + own, (value, fields) -> fields.is(own, value));
  }

  private static boolean never(JsonNode value, OwnFields own) {
    return false;
  }

  private static BiPredicate<JsonNode, OwnFields> words(String... words) {
    return (value, own) ->
        value.isString()
            && Set.of(words).contains(value.stringValue().strip().toLowerCase(Locale.ROOT));
  }
}
