package dev.darkroom.system.pages;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.system.browser.BrowserUser;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The tests of pages are worth what a visitor notices. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class WatchfulVisitorIT {
  private static final Map<String, String> FORBIDDEN =
      Map.of(
          "console: all is lost", "console.error('all is lost')",
          "uncaught: Error: oh no", "setTimeout(() => { throw new Error('oh no') })",
          "CSP: script-src", "document.body.append(script)",
          "CSP: style-src", "document.body.insertAdjacentHTML('beforeend', '<p style=\"top: 0\">')",
          "CSP: connect-src", "fetch('http://localhost:9/').catch(() => {})",
          "status of 404", "fetch('/nothing-is-here')",
          "dialog: read me", "setTimeout(() => alert('read me'))",
          "foreign request: http://localhost:9/", "open('http://localhost:9/')");

  @Test
  void what_no_page_may_do_is_noticed(BrowserUser visitor) {
    visitor.opens("/");
    FORBIDDEN.forEach((complaint, act) -> {
      visitor
          .page()
          .evaluate(
              """
              () => {
                const script = Object.assign(document.createElement('script'), { text: 'alert(1)' });
                %s
              }
              """
                  .formatted(act));
      visitor.awaitsComplaint(complaint);
    });
    assertThatThrownBy(visitor::assertNothingToComplainOf)
        .hasMessageContainingAll(FORBIDDEN.keySet().toArray(CharSequence[]::new));
    visitor.expectsComplaint("");
  }

  @Test
  void a_page_that_not_everybody_can_read_is_noticed(BrowserUser visitor) {
    visitor.page().setContent("<img src='data:,'><main style='color: #bbb'>pale</main>");
    assertThatThrownBy(() -> visitor.assertAccessible("a bad page"))
        .hasMessageContaining("image-alt")
        .hasMessageContaining("color-contrast")
        .hasMessageContaining("at [main]: <main");
  }
}
