package dev.darkroom.system.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.browser.PageMeasurement;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class EveryPageIT {
  private static final long FIRST_VIEW_BYTES = 104 * 1024;

  /** What https://web.dev/articles/cls calls good; where pictures are waited for, nothing moves. */
  private static final double GOOD = 0.1;

  private static final double NOTHING = 0.01;
  private static final Set<PageView> STILL =
      Set.of(PageView.HOME, PageView.HOME_EMPTY, PageView.GENERATE_EMPTY, PageView.LOGS);

  @ParameterizedTest
  @EnumSource
  void it_is_good_to_look_at_for_everybody(PageView sight, BrowserUser visitor) {
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      // Parts that are out of sight keep the colours of the scheme they were painted in.
      var page = look.isDesktop() ? sight.openedBy(visitor) : visitor.page();
      visitor.assertAccessible(sight + ", " + look);
      assertThat(PageMeasurement.isTooWide(page))
          .as(() ->
              sight + " is too wide for " + look + ":\n" + PageMeasurement.whatIsTooWide(page))
          .isFalse();
      visitor.keepsScreenshot(sight.toString(), look);
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_can_be_used_without_a_mouse(PageView sight, BrowserUser visitor) {
    sight.openedBy(visitor);
    visitor.assertReachableByKeyboard();
  }

  @ParameterizedTest
  @EnumSource
  void its_first_view_is_small_and_stays_where_it_is(PageView sight, BrowserUser visitor) {
    visitor.likesMotion();
    var page = sight.openedBy(visitor);
    visitor.awaitsEverything();
    var bytes = PageMeasurement.transferred(page);
    var shifted = PageMeasurement.shifted(page);
    System.out.printf("first view of %s: %d bytes, layout shift %.3f%n", sight, bytes, shifted);
    assertThat(bytes).as(() -> PageMeasurement.largest(page)).isLessThanOrEqualTo(FIRST_VIEW_BYTES);
    assertThat(shifted)
        .as(() -> String.join("\n", PageMeasurement.shifts(page)))
        .isLessThan(STILL.contains(sight) ? NOTHING : GOOD);
  }
}
