package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyboardIT {
  private static final int MOST_STOPS = 100;

  @Test
  void a_picture_is_asked_for_and_opened_without_a_mouse(BrowserUser visitor) {
    var generate = GeneratePage.openedBy(visitor);
    var page = generate.page();
    tabTo(page, generate.prompt());
    page.keyboard().insertText("A quiet library");
    page.keyboard().press("Control+Enter");
    assertThat(page).hasURL(GeneratePage.WITH_ONE_JOB);
    generate.showsPicture();
    tabTo(page, generate.link("All about it"));
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile(".*/requests/[0-9a-f-]{36}$"));
    assertThat(
            page.getByRole(AriaRole.IMG, new GetByRoleOptions().setName("A quiet library")).first())
        .isVisible();
  }

  @Test
  void the_first_stop_leads_past_the_navigation(BrowserUser visitor) {
    var page = visitor.opens("/generate");
    page.keyboard().press("Tab");
    var skip = page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Skip to content"));
    assertThat(skip).isFocused();
    assertThat(skip).isInViewport();
    page.keyboard().press("Enter");
    assertThat(page).hasURL(Pattern.compile(".*#main$"));
  }

  /** Tab alone leads there. */
  static void tabTo(Page page, Locator wanted) {
    for (int stop = 0; stop < MOST_STOPS && !isFocused(wanted); stop++) {
      page.keyboard().press("Tab");
    }
    assertThat(wanted).isFocused();
  }

  private static boolean isFocused(Locator wanted) {
    return (Boolean) wanted.evaluate("element => document.activeElement === element");
  }
}
