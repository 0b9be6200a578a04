package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Collections;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of seeds, styles, LoRAs and ids. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestFieldsIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final JdbcClient database = gateway.bean(JdbcClient.class);

  @ParameterizedTest
  @ValueSource(strings = {"\"seed\":-1", "\"seed\":-1.0", "\"seed\":null", "\"width\":512"})
  void a_seed_that_may_be_any_is_drawn_pinned_and_shown(String field) {
    var first = gateway.post("{\"prompt\":\"a\",%s}".formatted(field));
    var second = gateway.post("{\"prompt\":\"a\",%s}".formatted(field));

    assertThat(first.status()).as(first.body()).isEqualTo(202);
    var seed = first.json().at("/metadata/seed").longValue();
    assertThat(seed).isBetween(0L, (1L << 31) - 1);
    assertThat(seed).isNotEqualTo(second.json().at("/metadata/seed").longValue());
    assertThat(requestOf(first.text("/requestId"), "seed")).isEqualTo(String.valueOf(seed));
  }

  @Test
  void null_is_absent_in_every_field_but_the_prompt() {
    var reply =
        gateway.post(
            """
            {"prompt":"a","negative_prompt":null,"diffusionStrength":null,"styleIntensity":null,"style":null,"width":null,
             "height":null,"seed":null,"model":null,"loras":null,"userId":null,"deadlineSeconds":null}
            """);

    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    assertThat(reply.json().at("/metadata").propertyNames())
        .containsExactlyInAnyOrder(
            "prompt", "diffusionStrength", "styleIntensity", "width", "height", "seed", "model");
    assertThat(reply.json().has("ignored")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Realistic, realistic",
    "'  REALISTIC ', realistic",
    "Comic-Book, comic-book",
    "' Film Noir ', Film Noir"
  })
  void a_style_is_known_in_any_case_and_any_other_stays_as_it_is(String style, String shown) {
    var reply = gateway.post("{\"prompt\":\"a\",\"style\":\"%s\"}".formatted(style));

    assertThat(reply.text("/metadata/style")).isEqualTo(shown);
    assertThat(requestOf(reply.text("/requestId"), "style")).isEqualTo(shown);
  }

  @Test
  void loras_are_kept_shown_and_logged() {
    var reply =
        gateway.post(
            """
            {"prompt":"a <lora:name:0.8>","loras":[{"url":"https://example.com/l.safetensors","scale":0.8},
             {"url":"https://example.com/m","name":"m"}]}
            """);

    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    var kept =
        "[{\"url\":\"https://example.com/l.safetensors\",\"scale\":0.8},{\"url\":\"https://example.com/m\",\"scale\":1.0}]";
    assertThat(reply.json().at("/metadata/loras").toString()).isEqualTo(kept);
    assertThat(reply.text("/metadata/prompt")).isEqualTo("a <lora:name:0.8>");
    assertThat(reply.text("/ignored/0")).isEqualTo("loras[1].name");
    var id = reply.text("/requestId");
    assertThat(gateway.get("/api/generate/" + id).json().at("/metadata/loras").toString())
        .isEqualTo(kept);
    assertThat(
            gateway
                .get("/api/logs?requestId=" + id)
                .json()
                .at("/logs/0/details/parameters/loras/0/url")
                .asString())
        .isEqualTo("https://example.com/l.safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | loras",
        "{} | loras",
        "\"https://example.com/l\" | loras",
        "[1] | loras[0]",
        "[{}] | loras[0].url",
        "[{\"url\":7}] | loras[0].url",
        "[{\"url\":\"http://example.com/l\"}] | loras[0].url",
        "[{\"url\":\"file:///etc/passwd\"}] | loras[0].url",
        "[{\"url\":\"https://user:secret@example.com/l\"}] | loras[0].url",
        "[{\"url\":\"https://example.com/a b\"}] | loras[0].url",
        "[{\"url\":\"https://example.com/l\",\"scale\":\"1\"}] | loras[0].scale",
        "[{\"url\":\"https://example.com/l\",\"scale\":1e400}] | loras[0].scale",
        "[{\"url\":\"https://example.com/l\",\"scale\":10.01}] | loras[0].scale",
        "[{\"url\":\"https://example.com/l\",\"weight\":1}] | loras[0].weight",
        "[{\"url\":\"https://example.com/l\"},{\"url\":\"\"}] | loras[1].url"
      })
  void a_bad_lora_is_named_once(String loras, String field) {
    var reply = gateway.post("{\"prompt\":\"a\",\"loras\":%s}".formatted(loras));

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.json().get("errors")).hasSize(1);
    assertThat(reply.text("/errors/0/field")).isEqualTo(field);
  }

  @Test
  void ten_loras_are_taken_and_eleven_are_not() {
    var lora = "{\"url\":\"https://example.com/%s\"}".formatted("l".repeat(2_028));
    var body = "{\"prompt\":\"a\",\"loras\":[%s]}";

    assertThat(gateway.post(body.formatted(times(lora, 10))).status()).isEqualTo(202);
    assertThat(gateway.post(body.formatted(times(lora, 11))).text("/errors/0/message"))
        .contains("got 11");
    assertThat(gateway.post(body.formatted(lora.replace("lll", "llll"))).status()).isEqualTo(400);
  }

  /** They once counted up within a millisecond, so that one id told the others. */
  @Test
  void ids_of_one_moment_are_no_neighbours() {
    var ids =
        IntStream.range(0, 100)
            .parallel()
            .mapToObj(i -> UUID.fromString(gateway.submit("at the same time")))
            .map(id -> new BigInteger(id.toString().replace("-", ""), 16))
            .sorted()
            .toList();

    for (var i = 1; i < ids.size(); i++) {
      assertThat(ids.get(i).subtract(ids.get(i - 1))).isGreaterThan(BigInteger.TWO.pow(32));
    }
  }

  private static String times(String lora, int times) {
    return String.join(",", Collections.nCopies(times, lora));
  }

  private String requestOf(String id, String field) {
    return database
        .sql("select request ->> :field from generation_jobs where request_id = :id")
        .param("field", field)
        .param("id", UUID.fromString(id))
        .query(String.class)
        .single();
  }
}
