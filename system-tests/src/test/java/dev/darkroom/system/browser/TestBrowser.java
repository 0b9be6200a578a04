package dev.darkroom.system.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One Chromium, without a screen. Playwright's objects belong to the thread that made them. */
public final class TestBrowser implements AutoCloseable {
  /** How long anything on a page may take; usually it takes milliseconds, unless others build. */
  static final double PATIENCE_MILLIS = 20_000;

  private static final List<String> ARGUMENTS =
      List.of(
          "--disable-gpu",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-quic",
          "--no-first-run",
          // Nobody but the gateway is asked for anything, whatever a page or the browser tries.
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost");

  private final Playwright playwright;
  private final Browser browser;

  private TestBrowser(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts the driver and the browser: a few seconds. */
  public static TestBrowser start(Path chromium) {
    var environment = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    try {
      var options =
          new BrowserType.LaunchOptions()
              .setExecutablePath(chromium)
              .setChromiumSandbox(false) // there is none for root, nor in most containers
              .setArgs(ARGUMENTS);
      return new TestBrowser(playwright, playwright.chromium().launch(options));
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  /** Somebody new, who has seen nothing yet, before an empty page. */
  public BrowserUser visitorOf(URI gateway) {
    return BrowserUser.arrive(browser, gateway);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
