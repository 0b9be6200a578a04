package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.darkroom.simulator.Fault;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.stack.TestedSimulator;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What keeps pictures from being made is said on every page, also to those whose job was not told.
 */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class HoldUpPageIT {
  private static final Pattern PROMISES = Pattern.compile("any moment|expected|at once");

  private final TestedSimulator nebius = SharedSystem.get().system().nebius();

  @Test
  void a_rejected_key_pauses_all_jobs_and_every_page_says_so(BrowserUser visitor) {
    nebius.simulator().everyCall().meet(Fault.answer(401));
    submit(visitor, "The one that is told");
    var generate = GeneratePage.submittedBy(visitor, "The one behind it");
    assertThat(notice(generate.page())).containsText("Paused: Nebius rejected the API key");
    assertThat(generate.jobs()).containsText("Nebius rejected the API key");
    assertThat(generate.jobs()).not().containsText(PROMISES);
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible("generate while the key is rejected, " + look);
      visitor.keepsScreenshot("key-rejected", look);
    }

    var job = generate.page().url();
    for (var path : new String[] {"/logs", "/"}) {
      assertThat(notice(visitor.opens(path))).containsText("Paused: Nebius rejected the API key");
    }
    assertThat(visitor.page().locator("system-state")).containsText("Key rejected");
    visitor.assertAccessible("home while the key is rejected");

    nebius.simulator().clearFaults();
    visitor.opens(job);
    generate.showsPicture();
    assertThat(notice(generate.page())).isHidden();
  }

  @Test
  void a_limit_is_said_with_the_time_of_the_next_try(BrowserUser visitor) {
    var limit = Fault.answer(429).withRetryAfter(Duration.ofSeconds(8));
    nebius.simulator().everyCall().meet(limit);
    submit(visitor, "The one that is told");
    var generate = GeneratePage.submittedBy(visitor, "The one behind it");
    assertThat(notice(generate.page()))
        .containsText(Pattern.compile("Rate limited by Nebius.*Next try in \\d+ s"));
    assertThat(generate.jobs()).containsText("Rate limited by Nebius");
    assertThat(generate.jobs()).not().containsText(PROMISES);
    assertThat(visitor.opens("/").locator("system-state")).containsText("Rate limited");
    nebius.simulator().clearFaults();
  }

  @ParameterizedTest
  @EnumSource
  void where_a_simulator_draws_the_page_says_so(PageView sight, BrowserUser visitor) {
    assertThat(sight.openedBy(visitor).getByText("Simulator – set NEBIUS_API_KEY")).isVisible();
  }

  private static Locator notice(Page page) {
    return page.locator("site-navigation .held");
  }

  private static void submit(BrowserUser visitor, String prompt) {
    visitor.posts("/api/generate", Map.of("prompt", prompt), "wait=1");
  }
}
