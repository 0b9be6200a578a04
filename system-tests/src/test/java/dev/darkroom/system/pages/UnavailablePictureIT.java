package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Route;
import dev.darkroom.system.browser.BrowserUser;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A picture that can't be had for a moment is not one that was removed. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnavailablePictureIT {
  private static final String ALL_PICTURES_ARE_SEEN =
      """
      () => [...document.querySelectorAll('picture-wall img')].every(image => image.naturalWidth > 0
        && image.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      """;

  private static final String GREENHOUSE = "/logs?q=greenhouse&userId=" + Gallery.USER;
  private static final int GREENHOUSE_WIDTH = 512;

  @Test
  void the_latest_pictures_are_asked_for_again(BrowserUser visitor) {
    visitor.expectsComplaint("status of 503");
    Gallery.submitLatest(visitor, "A window in the rain");
    var away = UnavailablePictures.on(visitor.page(), 503);
    var page = visitor.opens("/");
    away.awaitsQuestion();
    away.end();
    page.waitForFunction(ALL_PICTURES_ARE_SEEN);
  }

  @Test
  void one_that_is_ready_and_cannot_be_loaded_says_so_and_can_be_asked_for(BrowserUser visitor) {
    visitor.expectsComplaint("status of 503");
    var away = UnavailablePictures.on(visitor.page(), 503);
    var job = Gallery.submitLatest(visitor, "A bench in the park");
    var generate = new GeneratePage(visitor.opens("/generate?job=" + job));
    assertThat(generate.jobs()).containsText("The picture cannot be loaded at the moment");
    visitor.assertAccessible("generate with a picture that cannot be loaded");
    away.end();
    generate.button("Load it again").click();
    generate.showsPicture();
    assertThat(generate.jobs()).not().containsText("cannot be loaded");
  }

  @Test
  void pictures_in_the_log_are_asked_for_again(BrowserUser visitor) {
    visitor.expectsComplaint("status of 503");
    Gallery.shownTo(visitor);
    var away = UnavailablePictures.on(visitor.page(), 503);
    var entry = LogsPageIT.entries(visitor.opens(GREENHOUSE)).first();
    away.awaitsQuestion();
    away.end();
    assertThat(entry.locator("img")).hasJSProperty("naturalWidth", GREENHOUSE_WIDTH);
    assertThat(entry).not().containsText("removed");
  }

  @Test
  void one_that_was_removed_stays_so_whatever_else_is_heard_of_its_job(BrowserUser visitor) {
    visitor.expectsComplaint("status of 404");
    Gallery.shownTo(visitor);
    UnavailablePictures.on(visitor.page(), 404);
    var stepsOfOne = Pattern.compile("/api/logs\\?requestId=");
    var held = new ArrayList<Route>();
    visitor.page().route(stepsOfOne, held::add);
    var page = visitor.opens(GREENHOUSE + "&status=completed");
    var entry = LogsPageIT.entries(page).first();
    assertThat(entry).containsText("removed");
    page.waitForCondition(() -> !held.isEmpty());
    page.unroute(stepsOfOne);
    held.forEach(Route::resume);
    assertThat(entry).containsText("3 steps");
    assertThat(entry).containsText("removed");
  }
}
