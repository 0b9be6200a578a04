package dev.darkroom.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Request;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What no page may give reason for: errors on the console, uncaught exceptions, violations of the
 * Content-Security-Policy, dialogs, and requests to anywhere but the gateway.
 */
final class BrowserErrors {
  /** Not every violation reaches the console by itself. */
  private static final String TELL_OF_VIOLATIONS =
      """
      addEventListener('securitypolicyviolation', violation =>
        console.error(`CSP: ${violation.effectiveDirective} forbids ${violation.blockedURI} ${violation.sample}`));
      """;

  private final URI origin;
  private final List<String> heard = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();

  private BrowserErrors(URI origin) {
    this.origin = origin;
  }

  /** Of all pages that will be opened there. */
  static BrowserErrors about(BrowserContext context, URI origin) {
    var complaints = new BrowserErrors(origin);
    context.addInitScript(TELL_OF_VIOLATIONS);
    context.onConsoleMessage(complaints::hear);
    context.onWebError(error -> complaints.add("uncaught: " + error.error()));
    context.onRequest(complaints::see);
    context.onDialog(dialog -> {
      complaints.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    return complaints;
  }

  /** Those that contain this text are part of the test. */
  void expect(String text) {
    expected.add(text);
  }

  boolean heard(String text) {
    return heard.stream().anyMatch(complaint -> complaint.contains(text));
  }

  void assertNone() {
    assertThat(heard.stream().filter(this::isUnexpected))
        .as("what the browser complains of")
        .isEmpty();
  }

  private boolean isUnexpected(String complaint) {
    return expected.stream().noneMatch(complaint::contains);
  }

  private void hear(ConsoleMessage message) {
    if (message.type().equals("error")) {
      add("console: %s (%s)".formatted(message.text(), message.location()));
    }
  }

  private void see(Request request) {
    var address = request.url();
    var ours = address.startsWith(origin + "/");
    if (!ours && !address.startsWith("data:") && !address.startsWith("blob:")) {
      add("foreign request: " + address);
    }
  }

  private void add(String complaint) {
    heard.add(complaint);
  }
}
