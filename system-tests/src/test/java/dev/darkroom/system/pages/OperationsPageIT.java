package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.darkroom.system.pages.JobControlsIT.button;
import static dev.darkroom.system.pages.JobControlsIT.press;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.stack.TestedSystem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The page of workers and operations, and what every page says while all is paused. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class OperationsPageIT {
  private static final String OPERATION =
      """
      {"id": "01a20447-e3de-71a7-b4d0-efaed399ad93", "action": "replay", "status": "%s",
       "filter": {"status": "failed", "userId": "<img src=x onerror=alert(1)>"}, "reason": "<b>why</b>",
       "matched": 5000, "changed": 1200, "unchanged": 3, "createdAt": "2026-11-30T12:00:00Z"}
      """;

  private final TestedSystem system = SharedSystem.get().system();

  @Test
  void it_shows_what_each_worker_does(BrowserUser visitor) {
    var page = visitor.opens("/operations");
    var workers = page.getByRole(AriaRole.LIST, new GetByRoleOptions().setName("Workers"));
    assertThat(workers.locator("> li")).hasCount(system.workers().size());
    for (var told : new String[] {"Takes jobs", "0 of 64", "Running since", "Version"}) {
      assertThat(workers.locator("> li").first()).containsText(told);
    }
  }

  @Test
  void everything_is_paused_and_every_page_says_why_until_it_is_resumed(BrowserUser visitor) {
    var pictureless = Gallery.shownTo(visitor).refused();
    try (var _ = OperatorPause.madeByTest(visitor, Map.of())) {
      var page = visitor.opens("/operations");
      KeyboardIT.tabTo(page, field(page, "Reason"));
      page.keyboard().insertText(Gallery.HOSTILE);
      press(page, button(page, "Pause"));
      assertThat(pauses(page)).containsText("Everything since");
      assertThat(pauses(page)).containsText(Gallery.HOSTILE);
      assertThat(page.locator("worker-list")).containsText("Paused by the operator");
      visitor.posts(
          "/api/generate", Map.of("prompt", "It waits", "width", 64, "height", 64), "wait=0");
      visitor.expectsComplaint("status of 404");
      for (var path : List.of("/generate", "/logs", "/requests/" + pictureless, "/nowhere", "/")) {
        assertThat(notice(visitor.opens(path)))
            .containsText("Paused by the operator: " + Gallery.HOSTILE);
        assertThat(page.locator("[onerror]")).hasCount(0);
      }
      for (var look : DisplayMode.all()) {
        visitor.looks(look);
        assertThat(notice(page)).isVisible();
        visitor.assertAccessible("home while everything is paused, " + look);
        visitor.keepsScreenshot("paused", look);
      }
      visitor.looks(DisplayMode.DESKTOP_LIGHT);
      assertThat(page.locator("system-state")).containsText("Paused");

      press(
          page,
          page.getByRole(
              AriaRole.LINK, new GetByRoleOptions().setName("Resume on the page Operations")));
      press(page, button(page, "Resume: Everything"));
      assertThat(pauses(page)).not().containsText("Everything");
      assertThat(notice(page)).isHidden();
      assertThat(page.locator("worker-list")).not().containsText("Paused by the operator");
    }
  }

  @Test
  void a_user_is_paused_and_resumed_and_has_to_be_named(BrowserUser visitor) {
    var user = "<s>" + Gallery.USER;
    try (var _ = OperatorPause.madeByTest(visitor, Map.of("userId", user))) {
      var page = visitor.opens("/operations");
      var scope = field(page, "Pause");
      KeyboardIT.tabTo(page, scope);
      scope.selectOption("The jobs of a user");
      press(page, button(page, "Pause"));
      var name = field(page, "User");
      assertThat(name).isFocused();
      assertThat(name).hasAccessibleDescription("User is required.");
      visitor.assertAccessible("a pause of nobody");

      page.keyboard().insertText(user);
      page.keyboard().press("Enter");
      assertThat(pauses(page)).containsText("User " + user);
      assertThat(pauses(page)).containsText("No reason was given.");
      assertThat(notice(page)).isHidden();
      press(page, button(page, "Resume: User " + user));
      assertThat(pauses(page)).not().containsText(user);
    }
  }

  @Test
  void a_running_operation_is_shown_and_stopped(BrowserUser visitor) {
    var page = visitor.page();
    var status = new AtomicReference<>("running");
    page.route(
        "**/api/operations",
        route ->
            PageView.answer(
                route,
                "{\"paused\": [], \"operations\": [%s]}"
                    .formatted(OPERATION.formatted(status.get()))));
    page.route(
        "**/api/operations/*",
        route -> {
          assertThat(route.request().method()).isEqualTo("DELETE");
          status.set("cancelled");
          PageView.answer(route, OPERATION.formatted(status.get()));
        });
    visitor.opens("/operations");
    var operation = page.locator("operation-entry");
    assertThat(operation).containsText("1,200 replayed of 5,000, 3 left as they were");
    assertThat(operation).containsText("of the user <img src=x onerror=alert(1)>");
    assertThat(operation).containsText("<b>why</b>");
    assertThat(page.locator("[onerror], operation-entry b")).hasCount(0);
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible("a running operation, " + look);
      visitor.keepsScreenshot("operation-running", look);
    }
    visitor.looks(DisplayMode.DESKTOP_LIGHT);
    press(page, button(page, "Stop: Replay failed jobs"));
    assertThat(operation).containsText("Stopped");
    assertThat(operation.locator(".progress")).isFocused();
  }

  private static Locator pauses(Page page) {
    return page.getByRole(
        AriaRole.LIST, new GetByRoleOptions().setName("Pauses").setIncludeHidden(true));
  }

  private static Locator notice(Page page) {
    return page.locator("site-navigation .held");
  }

  private static Locator field(Page page, String label) {
    return page.getByLabel(label, new GetByLabelOptions().setExact(true));
  }
}
