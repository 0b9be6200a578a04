package dev.darkroom.worker.outcome;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a good answer is written and packed, it is the same picture, for one call. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureDialectsTest {
  /** 360 kB; not a multiple of three, so that its base64 has padding. */
  private static final byte[] PICTURE = odd(TestingPicture.png(400, 300));

  private static final String BASE64 = Base64.getEncoder().encodeToString(PICTURE);
  private static final String URL_SAFE = Base64.getUrlEncoder().encodeToString(PICTURE);

  @TempDir Path pictures;

  private static byte[] odd(byte[] picture) {
    return picture.length % 3 == 0 ? java.util.Arrays.copyOf(picture, picture.length + 1) : picture;
  }

  static Stream<String> texts() {
    return Stream.concat(
        Stream.of(1, 3, 64, 75, 76, 77, 1000)
            .flatMap(width ->
                Stream.of("\\r\\n", "\\n", " ", "\\t", "\n", "\\u000a")
                    .map(space -> wrapped(BASE64, width, space))),
        Stream.of(
            BASE64,
            " \\n" + BASE64 + "\\n ",
            URL_SAFE,
            URL_SAFE.substring(0, 1000) + BASE64.substring(1000),
            BASE64.replace("=", ""),
            URL_SAFE.replace("=", ""),
            wrapped(URL_SAFE.replace("=", ""), 61, "\\r\\n"),
            BASE64.replace("/", "\\/"),
            BASE64.replace("+", "\\u002B"),
            "data:image/png;base64," + BASE64,
            "DATA:IMAGE/PNG;BASE64," + BASE64,
            "\\n data:;base64," + BASE64,
            "data:image/png;name=a.png;charset=utf-8;base64," + URL_SAFE,
            "data:image/png;name=\\\"a,b;c\\\";base64," + BASE64,
            "data:image/png;base64," + wrapped(BASE64, 75, "\\r\\n"),
            "data:image/png;base64,"
                + BASE64.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"),
            "data:image/png;base64," + wrapped(BASE64, 76, "%0D%0A"),
            "data:image/png," + percentEncoded()));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("texts")
  void every_dialect_of_base64_is_the_same_picture(String text) throws IOException {
    assertIsPicture("{\"data\":[{\"b64_json\":\"" + text + "\",\"url\":null}],\"id\":\"1\"}");
  }

  static Stream<String> documents() {
    var url = "data:image/png;base64," + BASE64;
    return Stream.of(
        "{\"data\":[{\"b64_json\":null,\"url\":\"" + url + "\"}]}",
        "{\"data\":[{\"url\":\"DATA:IMAGE/PNG;BASE64," + BASE64 + "\"}]}",
        "{\"data\":[{\"url\":\"" + url + "\",\"b64_json\":\"\"}]}",
        "{\"data\":[{\"b64_json\":\"\",\"url\":\"" + url + "\"}],\"error\":null}",
        "{\"data\":[{\"b64_json\":\"" + BASE64 + "\",\"url\":\"https://elsewhere.example/a\"}]}",
        "{\"id\":\"1\",\"status\":\"queued\",\"data\":[{\"b64_json\":\"" + BASE64 + "\"}]}",
        "{\"data\":[{\"revised_prompt\":\"a \\\"fox\\\"\",\"b64_json\" : \""
            + BASE64
            + "\"},{\"b64_json\":\""
            + BASE64
            + "\"}],\"usage\":{\"total_tokens\":5}}",
        "\ufeff{\"data\":[{\"b64_json\":\"" + BASE64 + "\"}]}\n\n",
        "{\"data\":[{\"b64_json\":\"" + BASE64 + "\"}]}\n{\"id\":\"a second document\"}",
        "{\"data\":[{\"b64_json\":\"" + BASE64 + "\"}],\"more\":[" + "0,".repeat(20_000) + "0]}");
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("documents")
  void so_is_every_document_around_it(String document) throws IOException {
    assertIsPicture(document);
  }

  private void assertIsPicture(String document) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> exchange.answer(200, "text/plain", document.getBytes(UTF_8)));

    assertThat(result.outcome()).isInstanceOf(Succeeded.class);
    assertThat(result.picture()).hasValue(PICTURE);
    assertThat(result.requests()).hasSize(1).allMatch(PictureDialectsTest::asksForNoCoding);
  }

  private static boolean asksForNoCoding(String request) {
    return request.contains("\r\nAccept-Encoding: identity\r\n");
  }

  static List<Arguments> wrong() {
    var half = BASE64.length() / 2;
    return List.of(
        arguments(BASE64.substring(0, half) + "!" + BASE64.substring(half + 1), "wrong character"),
        arguments(BASE64.substring(0, half) + "%" + BASE64.substring(half + 1), "wrong character"),
        arguments(BASE64.substring(0, half) + "é" + BASE64.substring(half + 1), "wrong character"),
        arguments(
            BASE64.substring(0, half) + "\\u00e9" + BASE64.substring(half + 1), "wrong character"),
        arguments(BASE64.substring(0, half) + "=" + BASE64.substring(half + 1), "wrong character"),
        arguments(BASE64.substring(0, half - half % 4 + 1), "ends too early"),
        arguments(BASE64 + "=", "ends too early"),
        arguments("data:image/png;base64," + BASE64.substring(5) + "!", "wrong character"),
        arguments("data:image/png;base64,%4", "malformed"),
        arguments("data:image/png;base64,", "holds no picture"),
        arguments("data:image/png;base64", "holds no picture"),
        arguments("data:,", "holds no picture"),
        arguments("data:", "holds no picture"),
        arguments("data:" + "x".repeat(5000), "holds no picture"),
        arguments("\\x", "not valid JSON"));
  }

  @ParameterizedTest(name = "{index} {1}")
  @MethodSource("wrong")
  void what_is_truly_wrong_is_a_bad_reply(String text, String says) throws IOException {
    assertIsBad(json(text), says);
  }

  static List<Arguments> no_picture_of_any_size() {
    return List.of(
        arguments(
            "{\"data\":[{\"url\":\"https://a.example/" + "x".repeat(100_000) + "\"}]}", "too long"),
        arguments(" ".repeat(5 << 20), "larger than any picture"),
        arguments(
            "{\"data\":[{\"b64_json\":\"" + " ".repeat(5 << 20) + "\"}]}",
            "larger than any picture"),
        arguments("{\"data\":[" + "1,".repeat(20_000) + "1]}", "could not be read"));
  }

  @ParameterizedTest(name = "{index} {1}")
  @MethodSource("no_picture_of_any_size")
  void an_answer_that_goes_on_without_a_picture_is_given_up(String body, String says)
      throws IOException {
    assertIsBad(body.getBytes(UTF_8), says);
  }

  private void assertIsBad(byte[] body, String says) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> exchange.answer(200, "application/json", body));

    assertThat(result.outcome()).isInstanceOf(Failed.class);
    assertThat(result.told()).startsWith("counts attempt_failed bad_reply: ").contains(says);
    assertThat(result.picture()).isEmpty();
  }

  /** Packs as a coding does. */
  interface Packing {
    OutputStream around(OutputStream out) throws IOException;
  }

  static List<Arguments> codings() {
    Packing gzip = GZIPOutputStream::new;
    Packing zlib = DeflaterOutputStream::new;
    Packing raw = out -> new DeflaterOutputStream(out, new Deflater(5, true));
    Packing twice = out -> new DeflaterOutputStream(new GZIPOutputStream(out));
    Packing none = out -> out;
    return List.of(
        arguments("gzip", gzip),
        arguments("x-gzip", gzip),
        arguments("GZIP", gzip),
        arguments("identity, gzip", gzip),
        arguments("deflate", zlib),
        arguments("deflate", raw),
        arguments("deflate, gzip", twice),
        arguments("deflate\r\nContent-Encoding: gzip", twice),
        arguments("identity", none),
        arguments("", none));
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("codings")
  void a_packed_answer_is_unpacked_though_nobody_asked(String coding, Packing packing)
      throws IOException {
    var good = packed(json(BASE64), packing);
    var result = new TestingCall(pictures).meeting(exchange -> answer(exchange, 200, coding, good));

    assertThat(result.outcome()).isInstanceOf(Succeeded.class);
    assertThat(result.picture()).hasValue(PICTURE);
    assertThat(result.requests()).hasSize(1);
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("codings")
  void so_is_an_error(String coding, Packing packing) throws IOException {
    var error = packed("{\"detail\":\"the width is odd\"}".getBytes(UTF_8), packing);
    for (var status : List.of(400, 429)) {
      var result =
          new TestingCall(pictures).meeting(exchange -> answer(exchange, status, coding, error));

      assertThat(result.outcome().toString())
          .contains("Nebius answered %d: the width is odd".formatted(status));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip, gzip, gzip, gzip"})
  void an_unknown_coding_is_a_bad_reply_that_says_so(String coding) throws IOException {
    var result =
        new TestingCall(pictures).meeting(exchange -> answer(exchange, 200, coding, json(BASE64)));

    assertThat(result.told())
        .containsPattern("bad_reply: The answer has (an unsupported|5 content)");
  }

  @Test
  void what_is_not_packed_as_it_says_is_a_bad_reply() throws IOException {
    for (var coding : List.of("gzip", "deflate")) {
      var cut = packed(json(BASE64), GZIPOutputStream::new);
      for (var body : List.of(json(BASE64), java.util.Arrays.copyOf(cut, cut.length / 2))) {
        var result =
            new TestingCall(pictures).meeting(exchange -> answer(exchange, 200, coding, body));

        assertThat(result.told()).contains("bad_reply: The answer broke off in the middle");
      }
    }
  }

  @Test
  void an_unknown_coding_hides_only_the_words_of_an_error() throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> answer(exchange, 422, "br", new byte[] {1, 2, 3}));

    assertThat(result.told()).isEqualTo("ends rejected: Nebius answered 422.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"data\":[{\"b64_json\":\"", "{\"id\":\""})
  void a_bomb_is_given_up_early(String begin) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              exchange
                  .out()
                  .write(Exchange.head(200, "application/json", "Content-Encoding: gzip"));
              var packed = new GZIPOutputStream(exchange.out(), 512, true);
              packed.write(begin.getBytes(UTF_8));
              var more = (begin.isEmpty() ? " " : "A").repeat(1 << 20).getBytes(UTF_8);
              while (true) { // until the client has had enough
                packed.write(more);
              }
            });

    assertThat(result.told()).startsWith("counts attempt_failed bad_reply: The answer ");
    assertThat(result.picture()).isEmpty();
  }

  @Test
  void a_packed_picture_may_be_as_large_as_any_other() throws IOException {
    var large = TestingPicture.png(2048, 1024); // six megabytes
    var body = json(Base64.getEncoder().encodeToString(large));
    var result =
        new TestingCall(pictures)
            .meeting(
                exchange -> answer(exchange, 200, "gzip", packed(body, GZIPOutputStream::new)));

    assertThat(result.picture()).hasValue(large);
  }

  private static void answer(Exchange exchange, int status, String coding, byte[] body)
      throws IOException {
    exchange
        .out()
        .write(
            Exchange.head(
                status,
                "application/json",
                "Content-Encoding: %s\r\nContent-Length: %d".formatted(coding, body.length)));
    exchange.out().write(body);
    exchange.out().flush();
  }

  private static byte[] packed(byte[] body, Packing packing) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = packing.around(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  private static byte[] json(String text) {
    return ("{\"data\":[{\"b64_json\":\"" + text + "\",\"url\":null}],\"id\":\"1\"}")
        .getBytes(UTF_8);
  }

  private static String wrapped(String text, int width, String space) {
    var wrapped = new StringBuilder();
    for (int at = 0; at < text.length(); at += width) {
      wrapped.append(text, at, Math.min(text.length(), at + width)).append(space);
    }
    return wrapped.toString();
  }

  private static String percentEncoded() {
    var text = new StringBuilder();
    for (var one : PICTURE) {
      text.append("%%%02X".formatted(one & 0xff));
    }
    return text.toString();
  }
}
