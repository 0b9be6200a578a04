package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** The form, with the keyboard and with mistakes. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class GenerateFormIT {
  private static final int MOST_STOPS = 40;

  private static final String IS_ABOVE_THE_BAR =
      """
      selector => {
        const bar = document.querySelector('.submit').getBoundingClientRect();
        const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return top >= 0 && bottom <= bar.top;
      }
      """;

  /** Whether the focus has left the form's fields; throws where it is in one that can't be seen. */
  private static final String IS_THROUGH =
      """
      () => {
        const field = document.activeElement;
        const bar = document.querySelector('.submit');
        if (bar.contains(field)) {
          return true;
        }
        const bottom = field.getBoundingClientRect().bottom;
        if (field.closest('#ask') && bottom > bar.getBoundingClientRect().top) {
          throw new Error(`under the bar: ${field.outerHTML}`);
        }
        return false;
      }
      """;

  @ParameterizedTest
  @EnumSource
  void what_is_wrong_is_never_under_the_bar(DisplayMode look, BrowserUser visitor) {
    visitor.looks(look);
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A tower");
    generate.field("Width").fill("3000");
    generate.submit();
    assertThat(generate.field("Width")).isFocused();
    generate.page().waitForFunction(IS_ABOVE_THE_BAR, "#width");
    generate.page().waitForFunction(IS_ABOVE_THE_BAR, "#width-error");
    visitor.assertAccessible("generate with one mistake, " + look);
    visitor.keepsScreenshot("one-mistake", look);

    generate.prompt().focus();
    generate.link("1 field needs attention").click();
    assertThat(generate.field("Width")).isFocused();
    generate.field("Width").fill("300");
    assertThat(generate.link("1 field needs attention")).isHidden();
    assertThat(generate.prompt()).hasValue("A tower");
  }

  @ParameterizedTest
  @EnumSource
  void tabbing_changes_nothing_and_hides_nothing(DisplayMode look, BrowserUser visitor) {
    visitor.looks(look);
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A pond with lilies");
    generate.choose("Watercolor");
    for (int stop = 0; stop < MOST_STOPS && !isThrough(generate.page()); stop++) {
      generate.page().keyboard().press("Tab");
    }
    assertThat(isThrough(generate.page())).isTrue();
    assertThat(generate.radio("Watercolor")).isChecked();
  }

  @Test
  void words_for_another_style_choose_it(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    generate.field("Another style").fill("art nouveau");
    assertThat(generate.radio("Another …")).isChecked();
    assertThat(generate.field("Another style")).hasAttribute("tabindex", "0");
  }

  @Test
  void a_prompt_alone_asks_for_the_same_picture_as_the_api_does(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    generate.prompt().fill("A lantern in the fog");
    var sent =
        generate
            .page()
            .waitForRequest(request -> request.method().equals("POST"), () -> generate.submit());
    var fields = new JsonMapper().readTree(sent.postData());
    assertThat(fields.path("width").intValue()).isEqualTo(512);
    assertThat(fields.path("height").intValue()).isEqualTo(512);
    assertThat(fields.path("diffusionStrength").doubleValue()).isEqualTo(0.7);
    assertThat(fields.path("styleIntensity").doubleValue()).isEqualTo(0.5);
    assertThat(fields.has("style") || fields.has("negative_prompt")).isFalse();
    generate.showsPicture();
  }

  private static boolean isThrough(Page page) {
    return (Boolean) page.evaluate(IS_THROUGH);
  }
}
