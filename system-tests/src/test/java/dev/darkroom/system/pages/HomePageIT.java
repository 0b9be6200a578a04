package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class HomePageIT {
  @Test
  void it_says_how_to_submit_a_job_and_leads_on_with_the_words_that_were_typed(
      BrowserUser visitor) {
    var page = visitor.opens("/");
    assertThat(page.getByText("curl -i " + page.url() + "api/generate").first()).isVisible();
    page.getByLabel("Prompt").fill("A lantern & a moth");
    page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Choose style and size"))
        .click();
    assertThat(page).hasURL(Pattern.compile(".*/generate.*"));
    assertThat(new GeneratePage(page).prompt()).hasValue("A lantern & a moth");
  }

  @Test
  void a_prompt_may_be_as_long_in_every_writing(BrowserUser visitor) {
    var longest = "灯".repeat(2_000);
    var page = visitor.opens("/");
    page.getByLabel("Prompt").fill(longest);
    page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Choose style and size"))
        .click();
    assertThat(new GeneratePage(page).prompt()).hasValue(longest);
  }

  @Test
  void the_latest_pictures_lead_to_their_requests(BrowserUser visitor) {
    var page = PageView.HOME.openedBy(visitor);
    page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName(Gallery.PICTURE)).first().click();
    assertThat(page).hasURL(Pattern.compile(".*/requests/[0-9a-f-]{36}$"));
  }
}
