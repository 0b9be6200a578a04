package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What came from outside is text. A dialog would fail these tests as it does all others. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostilePromptIT {
  @ParameterizedTest
  @ValueSource(strings = {"/logs?requestId=%s", "/requests/%s", "/generate?job=%s", "/"})
  void a_prompt_that_would_be_HTML_stays_text(String address, BrowserUser visitor) {
    var page = visitor.opens(address.formatted(Gallery.submitLatest(visitor, Gallery.HOSTILE)));
    var asName = page.getByRole(AriaRole.IMG, new Page.GetByRoleOptions().setName(Gallery.HOSTILE));
    assertThat(page.getByText(Gallery.HOSTILE).or(asName).first()).isVisible();
    isText(page);
  }

  @Test
  void nor_does_it_get_out_of_the_address_or_a_field(BrowserUser visitor) {
    var generate = GeneratePage.submittedBy(visitor, Gallery.HOSTILE);
    generate.showsPicture();
    isText(generate.page());
    var page = visitor.opens("/logs?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E");
    assertThat(page.getByText(Gallery.HOSTILE).first()).isVisible();
    isText(page);
  }

  private static void isText(Page page) {
    assertThat(page.locator("[onerror]")).hasCount(0);
    assertThat(page.locator("img[src='x']")).hasCount(0);
  }
}
