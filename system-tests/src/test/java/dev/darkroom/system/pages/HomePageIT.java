package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.Look;
import dev.darkroom.system.browser.Visitor;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class HomePageIT {
  @Test
  void it_loads_without_a_complaint(Visitor visitor) {
    var page = visitor.opens("/");
    assertThat(page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName("Darkroom")))
        .isVisible();
    visitor.keepsScreenshots("home", Look.all());
  }
}
