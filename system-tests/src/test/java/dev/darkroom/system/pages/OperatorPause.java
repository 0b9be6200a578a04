package dev.darkroom.system.pages;

import dev.darkroom.system.browser.BrowserUser;
import java.util.HashMap;
import java.util.Map;

/**
 * A pause that is over when its test is.
 *
 * @param whom as the API names it: a {@code userId}, or nothing for all
 */
record OperatorPause(BrowserUser visitor, Map<String, Object> whom) implements AutoCloseable {

  /** Made past all pages. */
  static OperatorPause of(BrowserUser visitor, String userId, String reason) {
    var pause = new OperatorPause(visitor, Map.of("userId", userId));
    var fields = new HashMap<>(pause.whom);
    fields.put("reason", reason);
    visitor.posts("/api/operations/pause", fields, "wait=0");
    return pause;
  }

  /** Made on a page by the test itself. */
  static OperatorPause madeByTest(BrowserUser visitor, Map<String, Object> whom) {
    return new OperatorPause(visitor, whom);
  }

  @Override
  public void close() {
    visitor.posts("/api/operations/resume", whom, "wait=0");
  }
}
