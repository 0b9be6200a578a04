package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.darkroom.system.pages.JobControlsIT.button;
import static dev.darkroom.system.pages.JobControlsIT.press;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.simulator.Fault;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.stack.TestedSimulator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All jobs that the filters of the logs page match are replayed or cancelled at once. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class BulkActionsIT {
  private static final int JOBS = 3;

  /** Names as bad as one can have. */
  private static final String FAILING = Gallery.HOSTILE + "failing-" + Gallery.USER;

  private static final String WAITING = Gallery.HOSTILE + "waiting-" + Gallery.USER;

  private final TestedSimulator nebius = SharedSystem.get().system().nebius();

  @Test
  void failed_jobs_are_counted_and_replayed_and_one_sees_how_far_it_has_come(BrowserUser visitor) {
    var refusal = Fault.answer(400).withDetail(Gallery.REFUSAL);
    nebius.simulator().nextCalls(JOBS).whosePromptContains("one of several").meet(refusal);
    submit(visitor, FAILING, "wait=60");
    var page = visitor.opens(logsOf(FAILING));
    press(page, button(page, "Replay failed…"));
    var question = question(page, "Replay 3 failed jobs?");
    assertThat(question).containsText("of the user " + FAILING);
    assertThat(button(page, "Leave them")).isFocused();
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible("the question before a replay, " + look);
      visitor.keepsScreenshot("bulk-replay", look);
    }
    page.keyboard().press("Enter");
    assertThat(question).isHidden();
    assertThat(page.locator("operation-entry")).hasCount(0);

    press(page, button(page, "Replay failed…"));
    press(page, button(page, "Replay"));
    var operation = page.locator("bulk-actions operation-entry");
    assertThat(operation).containsText("Done");
    assertThat(operation).containsText("3 replayed");
    assertThat(operation).containsText("of the user " + FAILING);
    assertThat(page.locator("[onerror]")).hasCount(0);
    visitor.assertAccessible("the logs after a replay");
    page.reload();
    assertThat(LogsPageIT.entries(page)).hasCount(2 * JOBS);
  }

  @Test
  void open_jobs_are_cancelled_with_a_reason(BrowserUser visitor) {
    try (var _ = OperatorPause.of(visitor, WAITING, "Until they are cancelled.")) {
      submit(visitor, WAITING, "wait=0");
      var page = visitor.opens(logsOf(WAITING));
      press(page, button(page, "Cancel open…"));
      assertThat(question(page, "Cancel 3 open jobs?")).isVisible();
      var reason = page.getByLabel("Reason, for the log (optional)");
      KeyboardIT.tabTo(page, reason);
      page.keyboard().insertText("Wrong prompts");
      visitor.assertAccessible("the question before jobs are cancelled");
      page.keyboard().press("Enter");
      var operation = page.locator("bulk-actions operation-entry");
      assertThat(operation).containsText("3 cancelled");
      assertThat(operation).containsText("Wrong prompts");
      page.reload();
      assertThat(LogsPageIT.entries(page).first()).containsText("Cancelled");

      press(page, button(page, "Cancel open…"));
      assertThat(page.getByText("There are no open jobs like that.")).isVisible();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "q=lighthouse, Text in the prompt",
    "requestId=01a20447-e3de-71a7-b4d0-efaed399ad93, Request"
  })
  void filters_that_jobs_are_not_chosen_by_are_named(
      String filter, String name, BrowserUser visitor) {
    var page = visitor.opens("/logs?userId=" + Gallery.USER + "&" + filter);
    assertThat(page.locator("bulk-actions"))
        .containsText("can’t be replayed or cancelled by “" + name + "”");
    assertThat(button(page, "Replay failed…")).isDisabled();
    assertThat(button(page, "Cancel open…")).isDisabled();
    visitor.assertAccessible("the logs with a filter that jobs are not chosen by");
  }

  @Test
  void a_status_leaves_what_fits_it(BrowserUser visitor) {
    var page = visitor.opens("/logs?status=failed");
    assertThat(button(page, "Replay failed…")).isEnabled();
    assertThat(button(page, "Cancel open…")).isDisabled();
    visitor.opens("/logs?status=processing");
    assertThat(button(page, "Replay failed…")).isDisabled();
    assertThat(button(page, "Cancel open…")).isEnabled();
  }

  private static void submit(BrowserUser visitor, String user, String prefer) {
    for (int number = 1; number <= JOBS; number++) {
      visitor.posts(
          "/api/generate",
          Map.of(
              "prompt",
              "This is one of several, number " + number,
              "userId",
              user,
              "width",
              64,
              "height",
              64),
          prefer);
    }
  }

  private static String logsOf(String user) {
    return "/logs?userId=" + URLEncoder.encode(user, StandardCharsets.UTF_8);
  }

  private static Locator question(Page page, String title) {
    return page.getByRole(AriaRole.DIALOG, new GetByRoleOptions().setName(title));
  }
}
