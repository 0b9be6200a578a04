package dev.darkroom.system.pages;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;

/** For a while a page is refused every picture. */
final class UnavailablePictures {
  private static final String ANY = "**/generated/*";

  private final Page page;
  private int refused;

  private UnavailablePictures(Page page, int status) {
    this.page = page;
    page.route(
        ANY,
        route -> {
          route.fulfill(new Route.FulfillOptions().setStatus(status));
          refused++;
        });
  }

  static UnavailablePictures on(Page page, int status) {
    return new UnavailablePictures(page, status);
  }

  /** Waits until one was asked for. */
  void awaitsQuestion() {
    page.waitForCondition(() -> refused > 0);
  }

  void end() {
    page.unroute(ANY);
  }
}
