package dev.darkroom.system.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import dev.darkroom.system.browser.BrowserUser;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What is drawn on a canvas, of which a page can say nothing else. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChartIT {
  private static final int BUCKETS = 13;
  private static final Instant FIRST = Instant.parse("2026-11-22T10:00:00Z");
  private static final Set<Integer> WITH_PICTURES = Set.of(2, 3, 8);

  private static final String NOTE_WHAT_IS_CUT =
      """
      window.cut = [];
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
        const { width } = this.measureText(text);
        const right = { center: x + width / 2, right: x }[this.textAlign] ?? x + width;
        if (right > this.canvas.width) {
          window.cut.push(text);
        }
        return write.call(this, text, x, y, ...more);
      };
      """;

  /** How wide each thing is that is drawn in the colour of the median, from left to right. */
  private static final String WIDTHS =
      """
      () => {
        const canvas = document.querySelector('time-chart canvas');
        const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const isDrawn = (x, y) => [31, 109, 67].every((part, i) => Math.abs(data[4 * (y * width + x) + i] - part) < 25)
          && data[4 * (y * width + x) + 3] > 200;
        const columns = Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => y).some(y => isDrawn(x, y)));
        return columns.reduce((widths, drawn, x) => {
          if (drawn) {
            columns[x - 1] ? widths.push(widths.pop() + 1) : widths.push(1);
          }
          return widths;
        }, []);
      }
      """;

  @Test
  void no_label_is_cut_at_the_edge(BrowserUser visitor) {
    visitor.page().addInitScript(NOTE_WHAT_IS_CUT);
    var page = charts(visitor);
    assertThat((List<?>) page.evaluate("() => window.cut")).isEmpty();
  }

  @Test
  void each_value_is_a_point_and_only_neighbours_are_joined(BrowserUser visitor) {
    var widths = (List<?>) charts(visitor).evaluate(WIDTHS);
    assertThat(widths).hasSize(2);
    assertThat(widths)
        .allSatisfy(width -> assertThat(((Number) width).intValue()).isGreaterThanOrEqualTo(5));
  }

  private static Page charts(BrowserUser visitor) {
    var page = visitor.page();
    page.route(
        "**/api/stats?*since*",
        route ->
            route.fulfill(
                new FulfillOptions().setContentType("application/json").setBody(stats())));
    visitor.opens("/logs");
    page.waitForSelector("time-chart canvas");
    page.getByText("Half of 3 pictures").waitFor();
    visitor.awaitsEverything();
    return page;
  }

  private static String stats() {
    var buckets =
        IntStream.range(0, BUCKETS).mapToObj(ChartIT::bucket).collect(Collectors.joining(","));
    return """
    {"since": "%s", "until": "%s", "bucketSeconds": 300, "provider": "simulator",
     "now": {"waiting": 0, "scheduled": 0, "running": 0, "oldestWaitingSeconds": 0},
     "nebius": {"state": "well", "paused": false},
     "timeToPicture": {"pictures": 3, "medianSeconds": 2, "p95Seconds": 5},
     "buckets": [%s], "failures": []}
    """
        .formatted(FIRST, FIRST.plusSeconds(300 * BUCKETS), buckets);
  }

  private static String bucket(int number) {
    var times = WITH_PICTURES.contains(number) ? ", \"medianSeconds\": 2, \"p95Seconds\": 5" : "";
    return """
    {"at": "%s", "submitted": 1, "completed": 1, "failed": 0%s}\
    """
        .formatted(FIRST.plusSeconds(300L * number), times);
  }
}
