package dev.darkroom.system.browser;

import com.microsoft.playwright.Page;
import java.util.List;

/** What a page has cost and how steady it was, from the browser's own records. */
public final class PageMeasurement {
  /** Bodies as they came over the wire, with their headers, but for the pictures of jobs. */
  private static final String TRANSFERRED =
      """
      () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(entry => !new URL(entry.name).pathname.startsWith('/generated/'))
        .reduce((sum, entry) => sum + entry.transferSize, 0)
      """;

  /**
   * Each shift since the start, as https://web.dev/articles/cls counts them, with what has moved.
   */
  private static final String SHIFTS =
      """
      () => new Promise(done => {
        const shifts = [];
        const add = entries => shifts.push(...entries.filter(shift => !shift.hadRecentInput));
        const observer = new PerformanceObserver(list => add(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
          add(observer.takeRecords());
          done(shifts.map(({ value, sources }) =>
            `${value.toFixed(4)} ${sources.map(({ node }) => (node?.outerHTML ?? node?.data ?? '').slice(0, 80)).join(' | ')}`));
        })));
      })
      """;

  private static final String LARGEST =
      """
      () => performance.getEntriesByType('resource')
        .filter(entry => !new URL(entry.name).pathname.startsWith('/generated/'))
        .sort((a, b) => b.transferSize - a.transferSize)
        .slice(0, 12)
        .map(entry => `${entry.transferSize} ${entry.name}`)
        .join('\\n')
      """;

  private static final String OVERFLOW =
      """
      () => [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5 && element.checkVisibility())
        .map(element => element.outerHTML.slice(0, 120))
        .slice(0, 5)
        .join('\\n')
      """;

  private PageMeasurement() {}

  /** Bytes. */
  public static long transferred(Page page) {
    return ((Number) page.evaluate(TRANSFERRED)).longValue();
  }

  /** What most of it was spent on, one line each. */
  public static String largest(Page page) {
    return (String) page.evaluate(LARGEST);
  }

  /** What could be seen and has moved by itself: how much, and what it was. */
  public static List<String> shifts(Page page) {
    return ((List<?>) page.evaluate(SHIFTS)).stream().map(String::valueOf).toList();
  }

  /** How much of what could be seen has moved by itself, and how far; 0 is nothing. */
  public static double shifted(Page page) {
    return shifts(page).stream()
        .mapToDouble(shift -> Double.parseDouble(shift.substring(0, shift.indexOf(' '))))
        .sum();
  }

  /** Whether one has to scroll sideways to see all of it. */
  public static boolean isTooWide(Page page) {
    return (Boolean)
        page.evaluate(
            "() => document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth");
  }

  /** The first things that reach beyond its right edge. */
  public static String whatIsTooWide(Page page) {
    return (String) page.evaluate(OVERFLOW);
  }
}
