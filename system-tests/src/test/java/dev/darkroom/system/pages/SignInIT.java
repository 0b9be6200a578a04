package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.darkroom.system.pages.JobControlsIT.button;
import static dev.darkroom.system.pages.JobControlsIT.press;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.DisplayMode;
import dev.darkroom.system.browser.PageMeasurement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The pages of a gateway that asks who somebody is. */
@InBrowser(asked = true)
@DisplayNameGeneration(ReplaceUnderscores.class)
class SignInIT {
  private static final String ALL = "generate,read,operate";
  private static final String NOT_SIGNED_IN = "status of 401";
  private static final Pattern HOME = Pattern.compile("^https?://[^/]+/$");

  @Test
  void somebody_signs_in_with_a_key_gets_a_picture_and_signs_out(BrowserUser visitor)
      throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    var generate = GeneratePage.openedBy(visitor);
    var page = generate.page();
    inEveryLook(visitor, "sign-in");
    signInWith(page, "dk_000000000000_0000000000000000000000000000000000000000000");
    assertThat(dialog(page).getByRole(AriaRole.ALERT)).not().isEmpty();
    signInWith(page, key("ada", ALL));
    assertThat(dialog(page)).hasCount(0);
    assertThat(bar(page)).containsText("Signed in as ada");

    generate.prompt().fill("A lighthouse for Ada");
    generate.submit();
    assertThat(page).hasURL(GeneratePage.WITH_ONE_JOB);
    generate.showsPicture();
    generate.showsEveryStep();
    inEveryLook(visitor, "signed-in");

    press(page, button(page, "Sign out"));
    assertThat(page).hasURL(HOME);
    assertThat(dialog(page)).isVisible();
    assertThat(page.context().cookies()).isEmpty();
    assertThat(page.evaluate("() => sessionStorage.length")).isEqualTo(0);
  }

  @Test
  void a_session_that_ends_in_the_middle_of_work_costs_no_word(BrowserUser visitor)
      throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    var generate = GeneratePage.openedBy(visitor);
    var page = generate.page();
    var key = key("ada", ALL);
    signInWith(page, key);
    assertThat(bar(page)).containsText("Signed in as ada");
    generate.prompt().fill("Words that took an hour");
    asksForNothingElse(page);
    page.context().clearCookies();
    page.keyboard().press("Control+Enter");
    assertThat(dialog(page)).containsText("What you typed is still here.");
    signInWith(page, key);
    assertThat(page).hasURL(GeneratePage.WITH_ONE_JOB);
    assertThat(generate.prompt()).hasValue("Words that took an hour");
    generate.showsPicture();
  }

  @Test
  void nothing_that_one_has_typed_is_shown_to_the_next(BrowserUser visitor) throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    var generate = GeneratePage.openedBy(visitor);
    var page = generate.page();
    signInWith(page, key("ada", ALL));
    assertThat(bar(page)).containsText("Signed in as ada");
    generate.prompt().fill("A secret of Ada");
    asksForNothingElse(page);
    page.context().clearCookies();
    page.keyboard().press("Control+Enter");
    signInWith(page, key("bob", "generate,read"));
    assertThat(bar(page)).containsText("Signed in as bob");
    assertThat(generate.prompt()).isEmpty();
    assertThat(page).hasURL(Pattern.compile(".*/generate$"));
    assertThat(bar(page).getByText("Keys")).isHidden();
  }

  @Test
  void the_link_of_anothers_request_leads_nowhere(BrowserUser visitor) throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    visitor.expectsComplaint("status of 404");
    var generate = GeneratePage.openedBy(visitor);
    var page = generate.page();
    signInWith(page, key("ada", ALL));
    assertThat(bar(page)).containsText("Signed in as ada");
    generate.prompt().fill("A letter to Ada");
    generate.submit();
    assertThat(page).hasURL(GeneratePage.WITH_ONE_JOB);
    generate.showsPicture();
    var job = page.url().replaceFirst(".*job=", "");
    var picture =
        generate
            .pictures()
            .first()
            .getAttribute("src")
            .replaceFirst(".*(generated/[^?]+).*", "/$1");
    press(page, button(page, "Sign out"));
    assertThat(page).hasURL(HOME);
    signInWith(page, key("bob", "generate,read"));
    assertThat(bar(page)).containsText("Signed in as bob");

    visitor.opens("/requests/" + job);
    assertThat(page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName("No such request")))
        .isVisible();
    assertThat(page.getByText("A letter to Ada")).hasCount(0);
    var self = "/api/generate/" + job;
    for (var address : List.of(self, self + "/link", self + "/events", picture)) {
      assertThat(page.context().request().get(address).status()).as(address).isEqualTo(404);
    }
  }

  @Test
  void a_closed_dialog_comes_again_only_for_whoever_asks_for_it(BrowserUser visitor) {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    var page = visitor.opens("/logs");
    assertThat(dialog(page)).isVisible();
    page.keyboard().press("Escape");
    assertThat(dialog(page)).hasCount(0);
    page.waitForResponse("**/api/stats*", () -> {}); // of the round after that one
    assertThat(dialog(page)).hasCount(0);
    press(page, button(page, "Sign in"));
    assertThat(dialog(page)).isVisible();
  }

  @Test
  void somebody_with_an_account_signs_in_with_a_password_or_by_a_link(BrowserUser visitor)
      throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    visitor.expectsComplaint("status of 400");
    visitor.expectsComplaint("foreign request: " + SharedSystem.SUPABASE + "/auth/v1/");
    var page = visitor.page();
    var token = key("carol", "generate,read"); // it goes the way of a token
    page.context().route(SharedSystem.SUPABASE + "/auth/v1/**", route -> supabase(route, token));
    visitor.opens("/");
    field(page, "E-mail").fill("carol@example.org");
    field(page, "Password").fill("wrong");
    page.keyboard().press("Enter");
    assertThat(dialog(page)).containsText("Invalid login credentials");
    field(page, "Password").fill("right");
    page.keyboard().press("Enter");
    assertThat(bar(page)).containsText("Signed in as carol@example.org");

    press(page, button(page, "Sign out"));
    field(page, "E-mail").fill("carol@example.org");
    press(page, button(page, "Send me a link instead"));
    assertThat(dialog(page)).containsText("A link is on its way to carol@example.org.");
    inEveryLook(visitor, "link-sent");
    visitor.opens("/?code=good");
    assertThat(bar(page)).containsText("Signed in as");
    assertThat(page).hasURL(HOME);
    assertThat(dialog(page)).hasCount(0);
  }

  @Test
  void an_operator_makes_and_revokes_keys(BrowserUser visitor) throws IOException {
    visitor.expectsComplaint(NOT_SIGNED_IN);
    var page = visitor.opens("/keys");
    signInWith(page, key("operator", ALL));
    var owner = "<b>dora-" + System.nanoTime();
    KeyboardIT.tabTo(page, field(page, "Owner"));
    page.keyboard().insertText(owner);
    page.keyboard().press("Enter");
    var made = page.getByRole(AriaRole.GROUP, new GetByRoleOptions().setName("The new key"));
    assertThat(made).isFocused();
    press(page, button(page, "Copy the key"));
    visitor.awaitsClipboard("dk_");
    assertThat(made.locator("code")).hasText(visitor.clipboard());
    var listed = page.locator("key-list li").filter(new Locator.FilterOptions().setHasText(owner));
    assertThat(listed).containsText("In use");
    inEveryLook(visitor, "keys");

    press(page, listed.getByRole(AriaRole.BUTTON));
    press(page, button(page, "Revoke it"));
    assertThat(listed).containsText("Revoked");
    assertThat(listed.getByRole(AriaRole.BUTTON)).isHidden();
  }

  private static void inEveryLook(BrowserUser visitor, String what) {
    for (var look : DisplayMode.all()) {
      visitor.looks(look);
      visitor.assertAccessible(what + ", " + look);
      assertThat(PageMeasurement.isTooWide(visitor.page()))
          .as(() -> PageMeasurement.whatIsTooWide(visitor.page()))
          .isFalse();
      visitor.keepsScreenshot(what, look);
    }
    visitor.looks(DisplayMode.DESKTOP_LIGHT);
  }

  /** As Supabase replies, with one account and one link. */
  private static void supabase(Route route, String token) {
    var request = route.request();
    assertThat(request.headers()).containsEntry("apikey", "sb_publishable_test");
    var address = request.url().substring(SharedSystem.SUPABASE.length());
    var sent = String.valueOf(request.postData());
    var isGood =
        address.startsWith("/auth/v1/otp?redirect_to=")
            || (address.equals("/auth/v1/token?grant_type=password") && sent.contains("\"right\""))
            || (address.equals("/auth/v1/token?grant_type=pkce")
                && sent.matches("\\{\"auth_code\":\"good\",\"code_verifier\":\"[\\w-]{43,128}\"}"));
    route.fulfill(
        new Route.FulfillOptions()
            .setStatus(isGood ? 200 : 400)
            .setHeaders(Map.of("Access-Control-Allow-Origin", "*"))
            .setContentType("application/json")
            .setBody(
                isGood
                    ? "{\"access_token\": \"%s\"}".formatted(token)
                    : "{\"msg\": \"Invalid login credentials\"}"));
  }

  /** What a page asks for now and then comes before what somebody presses, else. */
  private static void asksForNothingElse(Page page) {
    page.route(
        "**/api/stats*",
        route ->
            PageView.answer(
                route, "{\"provider\": \"simulator\", \"nebius\": {\"paused\": false}}"));
  }

  private static String key(String owner, String scopes) throws IOException {
    return SharedSystem.gatewayThatAsks().makeKey(owner, scopes);
  }

  private static void signInWith(Page page, String key) {
    field(page, "API key").fill(key);
    page.keyboard().press("Enter");
  }

  private static Locator dialog(Page page) {
    return page.getByRole(AriaRole.DIALOG, new GetByRoleOptions().setName("Sign in"));
  }

  private static Locator bar(Page page) {
    return page.locator("account-bar");
  }

  private static Locator field(Page page, String label) {
    return page.getByLabel(label, new GetByLabelOptions().setExact(true));
  }
}
