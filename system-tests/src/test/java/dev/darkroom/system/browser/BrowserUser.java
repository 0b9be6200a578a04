package dev.darkroom.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.RequestOptions;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Somebody with a browser of their own, who notices whatever no page may do. */
public final class BrowserUser implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** Of a long page only the beginning is kept. */
  private static final int TALLEST_SCREENSHOT = 2_400;

  /** What can be seen is there; what is further down may load when it is scrolled to. */
  private static final String PICTURES_IN_VIEW_ARE_THERE =
      """
      () => [...document.images]
        .filter(image => image.getBoundingClientRect().top < innerHeight)
        .every(image => image.complete)
      """;

  private static final String TWO_FRAMES =
      "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

  private final BrowserContext context;
  private final BrowserErrors complaints;
  private final Page page;

  private BrowserUser(BrowserContext context, BrowserErrors complaints, Page page) {
    this.context = context;
    this.complaints = complaints;
    this.page = page;
  }

  static BrowserUser arrive(Browser browser, URI gateway) {
    var look = DisplayMode.DESKTOP_LIGHT;
    var context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(gateway.toString())
                .setViewportSize(look.width, look.height)
                .setColorScheme(look.scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setIgnoreHTTPSErrors(true) // a proxy under test signs its certificate itself
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
    context.setDefaultTimeout(TestBrowser.PATIENCE_MILLIS);
    var complaints = BrowserErrors.about(context, gateway);
    return new BrowserUser(context, complaints, context.newPage());
  }

  /** The tab that was there from the beginning. */
  public Page page() {
    return page;
  }

  /** Opens an address of the gateway in it. */
  public Page opens(String address) {
    page.navigate(address);
    return page;
  }

  /** Another tab, empty, of the same window. */
  public Page opensTab() {
    return context.newPage();
  }

  /**
   * Speaks to the API past all pages.
   *
   * @param prefer as in the header of that name
   * @return the body of the answer
   */
  public String posts(String address, Map<String, Object> fields, String prefer) {
    var request = RequestOptions.create().setHeader("Prefer", prefer).setData(fields);
    return context.request().post(address, request.setTimeout(70_000)).text();
  }

  /** What was copied last. */
  public String clipboard() {
    return (String) page.evaluate("() => navigator.clipboard.readText()");
  }

  /** Waits until something was copied that contains this text. */
  public void awaitsClipboard(String text) {
    page.waitForCondition(() -> clipboard().contains(text));
  }

  /** Whatever is on the page stays there, and is seen so. */
  public void looks(DisplayMode look) {
    page.setViewportSize(look.width, look.height);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(look.scheme));
    page.evaluate(TWO_FRAMES); // the colours come with the next one
  }

  /** Things move as they do for most people; for tests they hold still. */
  public void likesMotion() {
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.NO_PREFERENCE));
  }

  public void prefersNoMotion() {
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
  }

  /** A complaint of the browser that contains this text is part of the test. */
  public void expectsComplaint(String text) {
    complaints.expect(text);
  }

  /** Waits for one that contains this text. */
  public void awaitsComplaint(String text) {
    page.waitForCondition(() -> complaints.heard(text));
  }

  /** Fails where a page gave reason for a complaint that was not expected. */
  public void assertNothingToComplainOf() {
    complaints.assertNone();
  }

  /** Fails on what axe-core finds serious; see {@link AccessibilityCheck}. */
  public void assertAccessible(String what) {
    AccessibilityCheck.of(page, what);
  }

  /** Fails where the Tab key does not lead to everything, or does not show where it has led to. */
  public void assertReachableByKeyboard() {
    assertThat(KeyboardWalk.through(page)).as("what the Tab key meets").isEmpty();
  }

  /** Waits until every picture that can be seen without scrolling is there. */
  public void awaitsPicturesInView() {
    page.waitForFunction(PICTURES_IN_VIEW_ARE_THERE);
  }

  /** Waits until the page has asked for nothing more for half a second. */
  public void awaitsEverything() {
    page.waitForLoadState(LoadState.NETWORKIDLE);
    awaitsPicturesInView();
  }

  /** Keeps what the page looks like as {@code target/screenshots/NAME-LOOK.png}. */
  public void keepsScreenshot(String name, DisplayMode look) {
    looks(look);
    awaitsPicturesInView();
    keepScreenshot(SCREENSHOTS.resolve(name + "-" + look + ".png"));
  }

  /** Where a test has failed. */
  public void keepsEvidence(String test) {
    keepScreenshot(Path.of("target", "failed-in-browser", test + ".png"));
  }

  private void keepScreenshot(Path file) {
    var width = page.viewportSize().width;
    var height = (Integer) page.evaluate("() => document.documentElement.scrollHeight");
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(file)
            .setFullPage(true)
            .setClip(0, 0, width, Math.min(height, TALLEST_SCREENSHOT))
            .setAnimations(ScreenshotAnimations.DISABLED));
  }

  @Override
  public void close() {
    context.close();
  }
}
