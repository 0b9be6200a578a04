package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.stack.TestedSystem;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A job that is watched is found again, whatever happens to whoever watches or tells. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class FollowedJobIT {
  private static final Duration LONG_ENOUGH_TO_SEE = Duration.ofSeconds(3);

  /** A gateway takes some seconds to start, or more beside a build. */
  private static final IsVisibleOptions PATIENTLY = new IsVisibleOptions().setTimeout(180_000);

  private final TestedSystem system = SharedSystem.get().system();

  @Test
  void reload_and_a_second_tab_and_back_find_the_job_again(BrowserUser visitor) {
    system.nebius().takes(LONG_ENOUGH_TO_SEE, Duration.ZERO);
    var generate = GeneratePage.submittedBy(visitor, "A bridge over a canyon");
    generate.showsWorkUnderWay();
    generate.page().reload();
    generate.showsWorkUnderWay();
    var tab = new GeneratePage(visitor.opensTab());
    tab.page().navigate(generate.page().url());
    generate.showsPicture();
    tab.showsPicture();
    tab.showsEveryStep();

    var job = generate.page().url();
    visitor.opens("/");
    generate.page().goBack();
    assertThat(generate.page()).hasURL(job);
    generate.showsPicture();
  }

  @Test
  void a_gateway_that_dies_in_the_middle_is_waited_for_and_nothing_is_missed(BrowserUser visitor) {
    visitor.expectsComplaint("net::ERR_");
    visitor.expectsComplaint("status of 503"); // it serves no stream before it has started
    system.nebius().takes(LONG_ENOUGH_TO_SEE, Duration.ZERO);
    visitor.page().clock().install();
    var generate = GeneratePage.submittedBy(visitor, "A harbour in a storm");
    generate.showsWorkUnderWay();
    var gateway = system.gateways().getFirst();
    gateway.process().kill();
    assertThat(generate.page().getByText("The connection is lost.")).isVisible();
    assertThat(generate.jobs()).containsText("Last known: Nebius is drawing");
    var clock = generate.page().getByRole(AriaRole.TIMER);
    var stopped = clock.textContent();
    generate.page().clock().fastForward(60_000);
    assertThat(clock).hasText(stopped);
    gateway.process().start();
    assertThat(generate.page().getByText("Connected again; nothing was missed."))
        .isVisible(PATIENTLY);
    generate.showsPicture();
    generate.showsEveryStep();
  }
}
