package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import java.util.regex.Pattern;

/** The page on which pictures are asked for, as somebody uses it. */
record GeneratePage(Page page) {
  static final Pattern WITH_ONE_JOB = Pattern.compile(".*/generate\\?job=[0-9a-f-]{36}$");

  private static final String UNDER_WAY = "Nebius is drawing";

  static GeneratePage openedBy(BrowserUser visitor) {
    return new GeneratePage(visitor.opens("/generate"));
  }

  /** A small picture has been asked for. */
  static GeneratePage submittedBy(BrowserUser visitor, String prompt) {
    var page = openedBy(visitor);
    page.prompt().fill(prompt);
    page.choose("Small square");
    page.submit();
    assertThat(page.page()).hasURL(WITH_ONE_JOB);
    return page;
  }

  void submit() {
    button("Generate").click();
  }

  Locator prompt() {
    return field("Prompt");
  }

  Locator field(String label) {
    return page.getByLabel(label, new GetByLabelOptions().setExact(true));
  }

  Locator button(String name) {
    return exactly(AriaRole.BUTTON, name);
  }

  Locator link(String name) {
    return exactly(AriaRole.LINK, name);
  }

  void choose(String option) {
    radio(option).check();
  }

  Locator radio(String option) {
    return exactly(AriaRole.RADIO, option);
  }

  /** One for each picture that was asked for. */
  Locator jobs() {
    var numbered = Pattern.compile("Picture \\d");
    return page.getByRole(AriaRole.LISTITEM, new GetByRoleOptions().setName(numbered));
  }

  Locator steps() {
    return jobs()
        .first()
        .getByRole(AriaRole.LIST, new Locator.GetByRoleOptions().setName("Steps"))
        .getByRole(AriaRole.LISTITEM);
  }

  Locator pictures() {
    return jobs().getByRole(AriaRole.IMG);
  }

  void showsWorkUnderWay() {
    assertThat(page.getByText(UNDER_WAY, new Page.GetByTextOptions().setExact(true))).isVisible();
  }

  void showsPicture() {
    assertThat(pictures().first()).isVisible();
    assertThat(jobs().first().getByText("Ready", new Locator.GetByTextOptions().setExact(true)))
        .isVisible();
  }

  void showsEveryStep() {
    assertThat(steps()).containsText(new String[] {"Accepted", "Developing", "Picture saved"});
  }

  private Locator exactly(AriaRole role, String name) {
    return page.getByRole(role, new GetByRoleOptions().setName(name).setExact(true));
  }
}
