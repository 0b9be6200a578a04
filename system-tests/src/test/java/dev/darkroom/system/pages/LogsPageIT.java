package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class LogsPageIT {
  private static final JsonMapper JSON = new JsonMapper();

  /** More than a page of steps, at three for each. */
  private static final int MANY = 40;

  @Test
  void what_is_filtered_is_in_the_address_and_comes_back_with_it(BrowserUser visitor) {
    Gallery.shownTo(visitor);
    var page = visitor.opens("/logs");
    field(page, "User").fill(Gallery.USER);
    assertThat(page).hasURL(Pattern.compile(".*userId=" + Gallery.USER + ".*"));
    field(page, "Status").selectOption("failed");
    assertThat(page).hasURL(Pattern.compile(".*status=failed.*"));
    assertThat(entries(page)).hasCount(1);
    assertThat(entries(page)).containsText("Something that will be refused");

    page.reload();
    assertThat(field(page, "User")).hasValue(Gallery.USER);
    assertThat(field(page, "Status")).hasValue("failed");
    assertThat(entries(page)).hasCount(1);
    page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Clear filters")).click();
    assertThat(page).hasURL(Pattern.compile(".*/logs$"));
    field(page, "Text in the prompt").fill("GREENHOUSE");
    assertThat(entries(page).first()).containsText("A greenhouse at night");
    assertThat(page).hasURL(Pattern.compile(".*q=GREENHOUSE.*"));
  }

  @Test
  void older_requests_come_page_by_page_and_none_twice(BrowserUser visitor) {
    submit(visitor, MANY, "pages-of-" + Gallery.USER);
    var page = visitor.opens("/logs?userId=pages-of-" + Gallery.USER);
    var more = page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Load more"));
    assertThat(more).isVisible();
    assertThat(entries(page).first()).containsText("Number " + MANY);
    more.click();
    assertThat(page.getByText("These are all.")).isVisible();
    assertThat(entries(page)).hasCount(MANY);
    var links = entries(page).getByRole(AriaRole.HEADING).getByRole(AriaRole.LINK);
    assertThat(links.all().stream().map(link -> link.getAttribute("href")))
        .hasSize(MANY)
        .doesNotHaveDuplicates();
  }

  @Test
  void live_shows_what_happens_while_one_looks(BrowserUser visitor) {
    var page = visitor.opens("/logs?userId=live-" + Gallery.USER);
    assertThat(page.getByText("Nothing matches.")).isVisible();
    page.getByRole(AriaRole.SWITCH, new GetByRoleOptions().setName("Live")).check();
    assertThat(page).hasURL(Pattern.compile(".*live=on.*"));
    submit(visitor, 1, "live-" + Gallery.USER);
    assertThat(entries(page)).hasCount(1);
    assertThat(entries(page)).containsText("Number 1");
    assertThat(entries(page)).containsText("Completed");
  }

  @Test
  void charts_come_also_where_a_browser_has_no_idle_callbacks(BrowserUser visitor) {
    visitor.page().addInitScript("delete globalThis.requestIdleCallback");
    var page = visitor.opens("/logs");
    assertThat(page.getByText("All jobs of that time are counted")).isVisible();
  }

  @Test
  void the_time_of_a_row_is_that_of_its_submission_from_the_beginning(BrowserUser visitor) {
    Gallery.shownTo(visitor);
    var stepsOfOne = Pattern.compile("/api/logs\\?requestId=");
    var held = new ArrayList<Route>();
    visitor.page().route(stepsOfOne, held::add);
    var page = visitor.opens("/logs?status=completed&q=greenhouse&userId=" + Gallery.USER);
    var time = entries(page).first().locator(".when time");
    var before = time.getAttribute("datetime");
    page.waitForCondition(() -> !held.isEmpty());
    page.unroute(stepsOfOne);
    held.forEach(Route::resume);
    assertThat(entries(page).first()).containsText("3 steps");
    assertThat(time).hasAttribute("datetime", before);
  }

  @Test
  void while_nobody_answers_no_row_stays_that_was_found_with_other_filters(BrowserUser visitor) {
    visitor.expectsComplaint("net::ERR_FAILED");
    Gallery.shownTo(visitor);
    var page = visitor.opens("/logs?userId=" + Gallery.USER);
    assertThat(entries(page).first()).isVisible();
    page.route("**/api/logs?*", Route::abort);
    field(page, "Text in the prompt").fill("greenhouse");
    assertThat(page.getByText("until then nothing newer is shown")).isVisible();
    assertThat(entries(page).first()).isHidden();
    page.unroute("**/api/logs?*");
    assertThat(entries(page)).hasCount(1);
    assertThat(entries(page).first()).isVisible();
  }

  @Test
  void what_is_filtered_can_be_taken_along(BrowserUser visitor) throws IOException {
    Gallery.shownTo(visitor);
    var page = visitor.opens("/logs?status=failed&userId=" + Gallery.USER);
    assertThat(entries(page)).hasCount(1);
    var csv = exported(page, "CSV");
    assertThat(csv).hasSize(2);
    assertThat(csv.getFirst().split(",")).contains("request_id", "status", "prompt");
    assertThat(csv.getLast()).contains("Something that will be refused", "nebius_api_error");
    var ndjson = exported(page, "NDJSON");
    assertThat(ndjson).hasSize(1);
    var row = JSON.readTree(ndjson.getFirst());
    assertThat(row.path("status").asString()).isEqualTo("failed");
    assertThat(row.path("user_id").asString()).isEqualTo(Gallery.USER);
  }

  private static List<String> exported(Page page, String format) throws IOException {
    var link =
        page.getByRole(
            AriaRole.LINK, new GetByRoleOptions().setName("Export as " + format).setExact(true));
    return Files.readAllLines(page.waitForDownload(link::click).path());
  }

  /** The last one is submitted when the others have ended, so that it is the newest. */
  private static void submit(BrowserUser visitor, int jobs, String user) {
    for (int number = 1; number <= jobs; number++) {
      if (number == jobs) {
        var _ = SharedSystem.get();
      }
      var fields =
          Map.<String, Object>of(
              "prompt", "Number " + number, "userId", user, "width", 64, "height", 64);
      visitor.posts("/api/generate", fields, number == jobs ? "wait=60" : "wait=0");
    }
  }

  private static Locator field(Page page, String label) {
    return page.getByRole(AriaRole.SEARCH)
        .getByLabel(label, new Locator.GetByLabelOptions().setExact(true));
  }

  static Locator entries(Page page) {
    return page.getByRole(AriaRole.LIST, new GetByRoleOptions().setName("Requests, newest first"))
        .locator("> li");
  }
}
