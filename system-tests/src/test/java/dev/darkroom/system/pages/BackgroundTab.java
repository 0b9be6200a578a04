package dev.darkroom.system.pages;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * A tab that stays open while somebody looks at another one. Without a screen all count as seen.
 */
final class BackgroundTab {
  private static final String SEEN =
      """
      seen => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => !seen });
        document.dispatchEvent(new Event('visibilitychange'));
      }
      """;

  private final Page page;
  private final List<String> hungUp = new ArrayList<>();

  private BackgroundTab(Page page) {
    this.page = page;
    page.onRequestFailed(this::note);
  }

  static BackgroundTab leave(Page page) {
    var tab = new BackgroundTab(page);
    page.evaluate(SEEN, false);
    return tab;
  }

  void comesBack() {
    page.evaluate(SEEN, true);
  }

  /** Waits until it hears of no steps any more. */
  void awaitsHangUp() {
    page.waitForCondition(() -> !hungUp.isEmpty());
  }

  private void note(Request request) {
    if (request.resourceType().equals("eventsource")) {
      hungUp.add(request.url());
    }
  }
}
