package dev.darkroom.system.pages;

import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jobs that have ended, for pages to show: pictures, one that took a second attempt, one that was
 * refused, and one whose prompt would be HTML to a page that let it.
 *
 * @param picture one that came at the second attempt
 * @param refused one without a picture
 * @param hostile the one with {@link #HOSTILE}
 */
record Gallery(String picture, String refused, String hostile) {
  /** Somebody whom no other run has seen. */
  static final String USER = "gallery-" + Long.toString(System.nanoTime(), 36);

  static final String PICTURE = "A second look at a red evening sky";
  static final String HOSTILE = "<img src=x onerror=alert(1)>";
  static final String REFUSAL = "The prompt was refused by the content filter.";

  private static final JsonMapper JSON = new JsonMapper();
  private static @Nullable Gallery hung;

  /** The same for all tests of a JVM. */
  static synchronized Gallery shownTo(BrowserUser visitor) {
    var gallery = hung;
    if (gallery == null) {
      gallery = hang(visitor, SharedSystem.get().system().nebius().simulator());
      hung = gallery;
    }
    return gallery;
  }

  private static Gallery hang(BrowserUser visitor, NebiusSimulator nebius) {
    nebius.nextCall().whosePromptContains("refused").meet(Fault.answer(400).withDetail(REFUSAL));
    nebius.nextCall().whosePromptContains("second").meet(Fault.answer(500));
    submit(visitor, "An elephant in a desert, seen from above", "watercolor", 512, 512);
    submit(visitor, "A harbour in the fog, three boats", "sketch", 768, 512);
    submit(visitor, "A greenhouse at night, lit from within", "realistic", 512, 768);
    var hostile = submit(visitor, HOSTILE, "cartoon", 512, 512);
    var refused = submit(visitor, "Something that will be refused", "abstract", 512, 512);
    var picture = submit(visitor, PICTURE, "realistic", 640, 512);
    return new Gallery(picture, refused, hostile);
  }

  /** One more, so that it is among the latest. */
  static String submitLatest(BrowserUser visitor, String prompt) {
    return submit(visitor, Map.of("prompt", prompt, "width", 256, "height", 256));
  }

  /** Waits for its end, and says its id. */
  private static String submit(
      BrowserUser visitor, String prompt, String style, int width, int height) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("prompt", prompt);
    fields.put("negative_prompt", "text, frames");
    fields.put("style", style);
    fields.put("width", width);
    fields.put("height", height);
    fields.put("seed", 14);
    fields.put("userId", USER);
    return submit(visitor, fields);
  }

  /** Waits for its end, and says its id. */
  private static String submit(BrowserUser visitor, Map<String, Object> fields) {
    var answer = JSON.readTree(visitor.posts("/api/generate", fields, "wait=60"));
    return answer.path("requestId").asString();
  }
}
