package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.stack.TestedSimulator;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What can be done to a job: cancel it, and try it again. Tab and Enter are all that is needed. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class JobControlsIT {
  private static final JsonMapper JSON = new JsonMapper();

  /** Of one call, or of one more that began when the first one took too long. */
  private static final Pattern MAY_BE_BILLED = Pattern.compile("may be billed|nobody here knows");

  private static final String USER = "controls-" + Gallery.USER;

  private final TestedSimulator nebius = SharedSystem.get().system().nebius();

  @Test
  void a_job_that_waits_is_cancelled_without_a_question_and_was_never_called(BrowserUser visitor) {
    try (var _ = OperatorPause.of(visitor, USER, Gallery.HOSTILE)) {
      var page = visitor.opens("/requests/" + submit(visitor, "A picture nobody wants any more"));
      var progress = page.locator("job-progress");
      assertThat(progress)
          .containsText("Jobs of this user are paused by the operator: " + Gallery.HOSTILE);
      assertThat(page.locator("[onerror]")).hasCount(0);
      assertThat(page.locator("#billing"))
          .hasText("No call was made so far, so nothing is billed.");
      assertThat(button(page, "Try again")).isDisabled();
      inEveryLook(visitor, "a job that can be cancelled");

      press(page, button(page, "Cancel"));
      assertThat(progress.locator(".now")).containsText("Cancelled");
      assertThat(progress.locator(".now")).containsText("before any call was made");
      assertThat(page.locator("#billing")).hasText("No call was made, so nothing is billed.");
      assertThat(page.locator("step-history")).containsText("Cancelled");
      assertThat(button(page, "Cancel")).isHidden();
      assertThat(button(page, "Try again")).isEnabled();
      inEveryLook(visitor, "a cancelled job");
    }
  }

  @Test
  void a_call_under_way_is_cut_only_after_a_question(BrowserUser visitor) {
    nebius.cable().holdAnswers();
    try {
      var generate = GeneratePage.submittedBy(visitor, "A picture that comes too late");
      var page = generate.page();
      generate.showsWorkUnderWay();
      press(page, generate.button("Cancel"));
      var question =
          page.getByRole(AriaRole.DIALOG, new GetByRoleOptions().setName("Cut the call?"));
      assertThat(question).containsText("may be billed");
      page.keyboard().press("Escape");
      assertThat(question).isHidden();
      assertThat(generate.button("Cancel")).isFocused();
      assertThat(generate.jobs()).not().containsText("Cancelled");

      page.keyboard().press("Enter");
      assertThat(question).isVisible();
      inEveryLook(visitor, "the question before a call is cut");
      press(page, button(page, "Cut it"));
      assertThat(generate.jobs()).containsText("Cancelled");
      assertThat(generate.jobs()).containsText("after a call that may be billed");
      press(page, generate.link("All about it"));
      assertThat(page.locator("#billing")).containsText(MAY_BE_BILLED);
      assertThat(page.locator("step-history")).containsText("Outcome unknown");
    } finally {
      nebius.cable().heal();
    }
  }

  @Test
  void what_can_not_be_cancelled_any_more_is_shown_as_it_ended(BrowserUser visitor) {
    var page = PageView.REQUEST.openedBy(visitor);
    assertThat(button(page, "Cancel")).isHidden();
    assertThat(page.locator("#repeats")).isHidden();
  }

  @Test
  void an_ended_job_is_tried_again_and_the_new_one_names_it(BrowserUser visitor) {
    var page = PageView.REQUEST_REFUSED.openedBy(visitor);
    var original = page.url();
    press(page, button(page, "Try again"));
    assertThat(page).not().hasURL(original);
    var repeated = page.locator("#repeats").getByRole(AriaRole.LINK);
    assertThat(repeated).hasText(original.substring(original.lastIndexOf('/') + 1));
    assertThat(page.locator("#asked [data-name='userId']")).hasText(Gallery.USER);
    assertThat(page.locator("#asked [data-name='seed']")).hasText("14");
    assertThat(page.locator("generated-picture img")).isVisible();
    visitor.assertAccessible("a job that repeats another");

    var again = page.url();
    press(page, button(page, "With another seed"));
    assertThat(page).not().hasURL(again);
    assertThat(page.locator("#repeats")).isVisible();
    assertThat(page.locator("#asked [data-name='seed']")).not().hasText("14");
    assertThat(page.locator("generated-picture img")).isVisible();
  }

  @Test
  void to_try_again_with_changes_opens_the_form_with_what_was_asked(BrowserUser visitor) {
    var page = PageView.REQUEST.openedBy(visitor);
    var changes =
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Try again with changes"));
    press(page, changes);
    assertThat(page).hasURL(Pattern.compile(".*/generate$"));
    var generate = new GeneratePage(page);
    assertThat(generate.prompt()).hasValue(Gallery.PICTURE);
    assertThat(generate.field("Negative prompt")).hasValue("text, frames");
    assertThat(generate.field("Width")).hasValue("640");
    assertThat(page.locator("#seed")).hasValue("14");
    assertThat(generate.radio("Realistic")).isChecked();
  }

  private static void inEveryLook(BrowserUser visitor, String what) {
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible(what + ", " + look);
      visitor.keepsScreenshot(what.replace(' ', '-'), look);
    }
    visitor.looks(DisplayMode.DESKTOP_LIGHT);
  }

  private static String submit(BrowserUser visitor, String prompt) {
    var fields =
        Map.<String, Object>of("prompt", prompt, "userId", USER, "width", 64, "height", 64);
    return JSON.readTree(visitor.posts("/api/generate", fields, "wait=0"))
        .path("requestId")
        .asString();
  }

  /** With the keyboard alone. */
  static void press(Page page, Locator control) {
    KeyboardIT.tabTo(page, control);
    page.keyboard().press("Enter");
  }

  static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
  }
}
