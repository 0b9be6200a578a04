package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route.ResumeOptions;
import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.SimulatedCall;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.browser.PageMeasurement;
import dev.darkroom.system.stack.SystemSettings;
import dev.darkroom.system.stack.TestedSimulator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class GeneratePageIT {
  private final TestedSimulator nebius = SharedSystem.get().system().nebius();

  @Test
  void a_prompt_becomes_a_picture_while_its_steps_are_told(BrowserUser visitor) {
    visitor.likesMotion();
    nebius.cable().holdAnswers(); // however long the page takes to show that a call is under way
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A lighthouse at dusk, seen from the sea");
    generate.choose("Watercolor");
    generate.choose("Small square");
    try {
      generate.submit();
      generate.showsWorkUnderWay();
    } finally {
      nebius.cable().heal();
    }
    generate.showsPicture();
    generate.showsEveryStep();
    assertThat(generate.page()).hasURL(GeneratePage.WITH_ONE_JOB);
    assertThat(PageMeasurement.shifted(generate.page())).isLessThan(0.01);

    visitor.prefersNoMotion();
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible("generate with a picture, " + look);
      visitor.keepsScreenshot("generate", look);
    }
  }

  @Test
  void several_at_once_each_become_a_picture_of_their_own(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A paper boat");
    generate.choose("Small square");
    generate.field("How many at once").fill("17");
    generate.submit();
    assertThat(generate.field("How many at once"))
        .hasAccessibleDescription(Pattern.compile("The number of pictures must .*"));
    generate.field("How many at once").fill("3");
    var sent =
        generate
            .page()
            .waitForRequest(request -> request.method().equals("POST"), generate::submit);
    assertThat(sent.postData()).as("all in one request").contains("\"count\":3");
    assertThat(generate.jobs()).hasCount(3);
    assertThat(generate.pictures()).hasCount(3);
    assertThat(generate.pictures().all().stream().map(picture -> picture.getAttribute("src")))
        .doesNotContainNull()
        .doesNotHaveDuplicates();
    visitor.assertAccessible("generate with several pictures");
  }

  @Test
  void the_picture_can_be_had_and_asked_for_in_other_ways(BrowserUser visitor) {
    var generate = GeneratePage.submittedBy(visitor, "A fox in the snow");
    generate.showsPicture();
    var saved = generate.page().waitForDownload(() -> generate.link("Download").click());
    assertThat(saved.suggestedFilename()).endsWith(".webp");
    assertThat(saved.path()).isNotEmptyFile();
    assertThat(saved.url()).endsWith("?download"); // or a storage would have it shown
    generate.button("Copy curl line").click();
    visitor.awaitsClipboard("curl -i http");
    assertThat(visitor.clipboard()).contains("/api/generate", "A fox in the snow");
    generate.button("Copy link").click();
    visitor.awaitsClipboard(".webp");

    var first = generate.page().url();
    generate.button("Again with another seed").click();
    assertThat(generate.page()).not().hasURL(first);
    generate.showsPicture();
    generate.link("Vary the prompt").click();
    assertThat(generate.prompt()).isFocused();
    assertThat(generate.prompt()).hasValue("A fox in the snow");
  }

  @Test
  void another_model_may_be_chosen_and_gets_what_it_takes(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A kite over the dunes");
    generate.field("Negative prompt").fill("people");
    generate.field("Model").selectOption(SystemSettings.FLUX);
    assertThat(generate.field("Negative prompt")).isDisabled();
    assertThat(generate.page().getByText("drawn in 3 steps")).isVisible();
    generate.field("Width").fill("1000");
    generate.submit();
    assertThat(generate.field("Width"))
        .hasAccessibleDescription(Pattern.compile("The width must be a multiple of 16 .*"));
    visitor.assertAccessible("generate with another model");
    generate.field("Width").fill("1008");
    generate.submit();
    generate.showsPicture();

    var drawn =
        nebius.simulator().bill().calls().stream()
            .map(SimulatedCall::request)
            .filter(request -> request.prompt().equals("A kite over the dunes"))
            .toList();
    assertThat(drawn).hasSize(1);
    assertThat(drawn.getFirst().model()).isEqualTo(SystemSettings.FLUX);
    assertThat(drawn.getFirst().steps()).isEqualTo(3);
    assertThat(drawn.getFirst().negativePrompt()).isEmpty();
  }

  @Test
  void loras_of_an_earlier_request_stay_until_they_are_left_out(BrowserUser visitor) {
    var loras = "[{\"url\":\"https://example.com/ink.safetensors\",\"scale\":0.8}]";
    var page =
        visitor.opens(
            "/generate#prompt=A+fox&loras=" + URLEncoder.encode(loras, StandardCharsets.UTF_8));
    var generate = new GeneratePage(page);
    assertThat(page.getByText("With LoRA ink.safetensors")).isVisible();
    var sent = page.waitForRequest(request -> request.method().equals("POST"), generate::submit);
    assertThat(sent.postData()).contains("\"loras\":" + loras);
    generate.showsPicture();

    generate.link("Vary the prompt").click();
    assertThat(page.getByText("With LoRA ink.safetensors")).isVisible();
    generate.button("Leave out").click();
    assertThat(page.getByText("With LoRA")).isHidden();
  }

  @Test
  void an_id_in_capitals_is_the_same_id(BrowserUser visitor) {
    var id = Gallery.submitLatest(visitor, "A stamp from an old letter");
    var page = visitor.opens("/generate?job=" + id.toUpperCase(Locale.ROOT) + "&job=" + id);
    var generate = new GeneratePage(page);
    assertThat(generate.jobs()).hasCount(1);
    generate.showsPicture();
    generate.showsEveryStep();
  }

  @Test
  void what_is_wrong_is_said_beside_its_field(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    generate.choose("Own size");
    generate.field("Width").fill("20");
    generate.submit();
    assertThat(generate.prompt())
        .hasAccessibleDescription(Pattern.compile("The prompt is required.*"));
    assertThat(generate.prompt()).isFocused();
    assertThat(generate.field("Width"))
        .hasAccessibleDescription(Pattern.compile("The width must .*"));
    visitor.assertAccessible("generate with mistakes");

    generate.prompt().fill("Something small");
    assertThat(generate.prompt()).not().hasAccessibleDescription(Pattern.compile("The prompt.*"));
  }

  @Test
  void what_only_the_gateway_finds_wrong_is_said_beside_its_field_too(BrowserUser visitor) {
    visitor.expectsComplaint("status of 400");
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A tower");
    generate
        .page()
        .route(
            "**/api/generate",
            route -> {
              var spoiled = route.request().postData().replace("512", "1");
              route.resume(new ResumeOptions().setPostData(spoiled));
            });
    generate.submit();
    assertThat(generate.field("Width"))
        .hasAccessibleDescription(Pattern.compile("The width must .*"));
    assertThat(generate.field("Height"))
        .hasAccessibleDescription(Pattern.compile("The height must .*"));
  }

  @Test
  void a_refused_job_says_why_and_what_to_do(BrowserUser visitor) {
    var refusal = Fault.answer(400).withDetail(Gallery.REFUSAL);
    nebius.simulator().nextCall().whosePromptContains("unspeakable").meet(refusal);
    var generate = GeneratePage.submittedBy(visitor, "Something unspeakable");
    assertThat(generate.jobs()).containsText(Gallery.REFUSAL);
    assertThat(generate.jobs()).containsText("Nebius refused the request");
    visitor.assertAccessible("generate with a refused job");

    assertThat(generate.jobs()).containsText("try again");
    var refused = generate.page().url();
    generate.button("Try again").click();
    assertThat(generate.page()).not().hasURL(refused);
    generate.showsPicture();
    assertThat(generate.button("Try again")).isHidden();
    assertThat(generate.prompt()).hasValue("Something unspeakable");
  }

  @Test
  void a_phone_shows_the_picture_after_a_reload_and_from_a_link(BrowserUser visitor) {
    visitor.looks(DisplayMode.PHONE_LIGHT);
    var generate = GeneratePage.submittedBy(visitor, "A tram in the snow");
    generate.showsPicture();
    generate.page().reload();
    assertThat(generate.pictures().first()).isInViewport();
    generate.page().navigate("/");
    visitor.opens("/generate?job=" + Gallery.submitLatest(visitor, "A tram in the rain"));
    assertThat(generate.pictures().first()).isInViewport();
  }
}
