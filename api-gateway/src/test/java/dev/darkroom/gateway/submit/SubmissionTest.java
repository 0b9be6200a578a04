package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.model.TestingCatalog;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SubmissionTest {
  private final SubmissionParser parser =
      new SubmissionParser(
          new Random(),
          new SubmissionParser.JobSettings(Duration.ofMinutes(15)),
          TestingCatalog.of("stability-ai/sdxl", "other/model"),
          new SubmissionParser.CallbackSettings(false));

  /** Kept fingerprints are compared with new ones; who changes this makes replays of others. */
  @Test
  void the_canonical_form_stays_as_it_is() {
    var all =
        """
        {"prompt":"a lighthouse 😀","negative_prompt":"people","diffusionStrength":0.25,"styleIntensity":1,
         "style":"sketch","width":1024,"height":64,"seed":7,"userId":"ada","deadlineSeconds":60}
        """;
    assertThat(submission(all).canonical())
        .isEqualTo(
            """
            prompt 15 a lighthouse 😀
            negative_prompt 6 people
            diffusionStrength 4 0.25
            styleIntensity 3 1.0
            style 6 sketch
            width 4 1024
            height 2 64
            seed 1 7
            userId 3 ada
            deadlineSeconds 2 60
            """);
    assertThat(fingerprint(all))
        .isEqualTo("726c0dd24e57e209643734b89125547a9b4b5e090d019272686a863c23140a45");
    assertThat(submission("{\"prompt\":\"a\"}").canonical())
        .isEqualTo(
            """
            prompt 1 a
            negative_prompt absent
            diffusionStrength 3 0.7
            styleIntensity 3 0.5
            style absent
            width 3 512
            height 3 512
            seed absent
            userId 9 anonymous
            deadlineSeconds absent
            """);
    assertThat(fingerprint("{\"prompt\":\"a\"}"))
        .isEqualTo("6505f1a5d1adcb8de10a6be126521a8a6a06ce7f0ec7e526ab10f7bfb56bd7a1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"prompt\" : \"\\u0061\" }",
        "{\"prompt\":\"a\",\"width\":512,\"diffusionStrength\":0.70,\"userId\":\"anonymous\"}",
        "{\"prompt\":\"a\",\"width\":5.12e2,\"seed\":null,\"style\":\" \",\"unknown\":1}",
        "{\"prompt\":\"a\",\"seed\":-1,\"loras\":null,\"n\":1,\"size\":\"512x512\"}",
        "{\"prompt\":\"a\",\"count\":1}"
      })
  void another_way_to_write_the_same_is_the_same(String body) {
    assertThat(fingerprint(body)).isEqualTo(fingerprint("{\"prompt\":\"a\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\":\"b\"}",
        "{\"prompt\":\"a \"}",
        "{\"prompt\":\"a\",\"negative_prompt\":\"x\"}",
        "{\"prompt\":\"a\",\"diffusionStrength\":0.71}",
        "{\"prompt\":\"a\",\"styleIntensity\":0.51}",
        "{\"prompt\":\"a\",\"style\":\"x\"}",
        "{\"prompt\":\"a\",\"model\":\"other/model\"}",
        "{\"prompt\":\"a\",\"width\":513}",
        "{\"prompt\":\"a\",\"height\":513}",
        "{\"prompt\":\"a\",\"seed\":0}",
        "{\"prompt\":\"a\",\"userId\":\"ada\"}",
        "{\"prompt\":\"a\",\"loras\":[{\"url\":\"https://example.com/l\"}]}",
        "{\"prompt\":\"a\",\"deadlineSeconds\":900}",
        "{\"prompt\":\"a\",\"count\":2}",
        "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com/hooks\"}",
        "{\"prompt\":\"a\\nnegative_prompt 1 x\"}"
      })
  void whatever_asks_for_something_else_differs(String body) {
    assertThat(fingerprint(body)).isNotEqualTo(fingerprint("{\"prompt\":\"a\"}"));
  }

  @Test
  void loras_count_one_by_one() {
    var form =
        submission(
                """
                {"prompt":"a","loras":[{"url":"https://example.com/l","scale":0.8},{"url":"https://example.com/m"}]}
                """)
            .canonical();
    assertThat(form)
        .endsWith(
            """
            lora 21 https://example.com/l
            scale 3 0.8
            lora 21 https://example.com/m
            scale 3 1.0
            """);
  }

  @Test
  void a_webhook_counts_with_its_events_in_any_order() {
    var byDefault = "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com/h\"}";
    var events =
        "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com/h\",\"webhookEvents\":[%s]}";
    assertThat(submission(byDefault).canonical())
        .endsWith(
            """
            webhookUrl 21 https://example.com/h
            webhookEvents 16 completed,failed
            """);
    assertThat(fingerprint(events.formatted("\"failed\",\"completed\"")))
        .isEqualTo(fingerprint(byDefault));
    assertThat(fingerprint(events.formatted("\"completed\""))).isNotEqualTo(fingerprint(byDefault));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"webhookUrl\":\"http://example.com\"",
        "\"webhookUrl\":\"https://localhost/\"",
        "\"webhookUrl\":[\"https://example.com\"]",
        "\"webhookEvents\":[\"completed\"]",
        "\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[]",
        "\"webhookUrl\":\"https://example.com\",\"webhookEvents\":\"completed\"",
        "\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[\"ended\"]",
        "\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[\"completed\",7]",
        "\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[\"failed\",\"failed\"]"
      })
  void a_webhook_that_breaks_a_rule_is_named(String fields) {
    assertThat(parser.parse("{\"prompt\":\"a\",%s}".formatted(fields)))
        .isInstanceOfSatisfying(
            Parsed.BadFields.class,
            bad ->
                assertThat(((Parsed.BadFields<?>) bad).errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.field()).startsWith("webhook")));
  }

  @Test
  void a_style_with_a_template_is_the_same_in_any_case() {
    var style = "{\"prompt\":\"a\",\"style\":\"%s\"}";
    assertThat(fingerprint(style.formatted(" Realistic ")))
        .isEqualTo(fingerprint(style.formatted("realistic")));
    assertThat(fingerprint(style.formatted("Noir")))
        .isNotEqualTo(fingerprint(style.formatted("noir")));
  }

  private String fingerprint(String body) {
    return submission(body).fingerprint();
  }

  private Submission submission(String body) {
    return ((Parsed.Success<Submission>) parser.parse(body)).value();
  }
}
