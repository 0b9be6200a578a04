package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.stack.TestedSystem;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Tabs that nobody looks at cost nothing, and miss nothing. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class BackgroundTabIT {
  private static final Duration LONG_ENOUGH_TO_SEE = Duration.ofSeconds(3);
  private static final Duration LONG_AWAY = Duration.ofSeconds(30);

  /** To one host, over HTTP/1.1. */
  private static final int CONNECTIONS_OF_A_BROWSER = 6;

  private final TestedSystem system = SharedSystem.get().system();

  @Test
  void what_happens_to_a_job_meanwhile_is_told_once_when_somebody_looks_again(BrowserUser visitor) {
    system.nebius().takes(LONG_ENOUGH_TO_SEE, Duration.ZERO);
    visitor.page().clock().install();
    var generate = GeneratePage.submittedBy(visitor, "A garden behind a wall");
    generate.showsWorkUnderWay();
    var background = BackgroundTab.leave(generate.page());
    generate.page().clock().fastForward(LONG_AWAY.toMillis());
    background.awaitsHangUp();

    var another = new GeneratePage(visitor.opensTab());
    another.page().navigate(generate.page().url());
    another.showsPicture();
    another.showsEveryStep();
    assertThat(generate.steps()).containsText(new String[] {"Accepted", "Developing"});
    background.comesBack();
    generate.showsPicture();
    generate.showsEveryStep();
  }

  @Test
  void a_live_log_catches_up_when_somebody_looks_again(BrowserUser visitor) {
    var user = "away-" + Gallery.USER;
    visitor.page().clock().install();
    var page = visitor.opens("/logs?live=on&userId=" + user);
    assertThat(page.getByText("Nothing matches.")).isVisible();
    var background = BackgroundTab.leave(page);
    page.clock().fastForward(LONG_AWAY.toMillis());
    background.awaitsHangUp();

    var fields = Map.<String, Object>of("prompt", "A hill", "userId", user);
    visitor.posts("/api/generate", fields, "wait=60");
    assertThat(LogsPageIT.entries(page)).hasCount(0);
    background.comesBack();
    assertThat(LogsPageIT.entries(page)).hasCount(1);
    assertThat(LogsPageIT.entries(page)).containsText("Completed");
    assertThat(LogsPageIT.entries(page)).containsText("3 steps");
  }

  @Test
  void as_many_as_a_browser_has_connections_leave_them_to_one_more(BrowserUser visitor) {
    for (int tab = 0; tab < CONNECTIONS_OF_A_BROWSER; tab++) {
      var page = visitor.opensTab();
      page.navigate("/logs?live=on&userId=nobody-at-all");
      assertThat(page.getByText("Nothing matches.")).isVisible();
      BackgroundTab.leave(page);
    }
    var another = visitor.opensTab();
    another.navigate("/generate");
    assertThat(new GeneratePage(another).button("Generate")).isVisible();
  }
}
