package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestPageIT {
  @Test
  void it_tells_all_about_a_request_and_its_attempts(BrowserUser visitor) {
    var page = PageView.REQUEST.openedBy(visitor);
    for (var told : new String[] {"realistic", "640 × 512", "14", Gallery.USER, "text, frames"}) {
      assertThat(page.getByRole(AriaRole.DEFINITION).getByText(told).first()).isVisible();
    }
    assertThat(page.getByText("Attempt 1").first()).isVisible();
    assertThat(page.getByText("Attempt 2").first()).isVisible();
    for (var step : new String[] {"request_received", "attempt_failed", "image_generated"}) {
      assertThat(page.getByText(step).first()).isVisible();
    }
    var sent = page.getByRole(AriaRole.REGION, new GetByRoleOptions().setName("Parameters"));
    assertThat(sent).containsText("num_inference_steps");
  }

  @Test
  void an_id_in_capitals_is_the_same_id(BrowserUser visitor) {
    var gallery = Gallery.shownTo(visitor);
    var page = visitor.opens("/requests/" + gallery.picture().toUpperCase(Locale.ROOT));
    assertThat(page.getByText("image_generated").first()).isVisible();
  }

  @Test
  void what_its_calls_cost_is_said_in_plain_words(BrowserUser visitor) {
    assertThat(PageView.REQUEST.openedBy(visitor).locator("#billing"))
        .hasText("2 calls were made, and at least one of them is billed.");
    assertThat(PageView.REQUEST_REFUSED.openedBy(visitor).locator("#billing"))
        .hasText("One call was made, and it is not billed.");
  }
}
