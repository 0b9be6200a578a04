package dev.darkroom.system.browser;

import com.microsoft.playwright.Page;
import java.util.List;

/** Goes through a page with the Tab key alone, and says what it can't reach or can't see. */
final class KeyboardWalk {
  /**
   * Notes how everything that can have the focus looks without it, and compares when it gets it. A
   * group of radio buttons is one stop; a ring may be drawn around a label or a neighbour.
   */
  private static final String BEGIN =
      """
      () => {
        const focusable = 'a[href], button, input, select, textarea, summary, [tabindex]';
        const stop = element => element.type === 'radio' ? `radio ${element.form?.id} ${element.name}` : element;
        const around = element => [element, element.parentElement, element.nextElementSibling, ...(element.labels ?? [])];
        const drawn = element => around(element).filter(Boolean).map(getComputedStyle)
          .map(s => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor, s.textDecoration].join())
          .join(';');
        const all = [...document.querySelectorAll(focusable)]
          .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true }));
        const before = new Map(all.map(element => [element, drawn(element)]));
        const reached = new Set();
        const unseen = new Set();
        document.addEventListener('focusin', ({ target }) => {
          reached.add(stop(target));
          requestAnimationFrame(() => {
            if (document.activeElement === target && before.has(target) && before.get(target) === drawn(target)) {
              unseen.add(target);
            }
          });
        });
        const named = (what, elements) => elements.map(element => `${what}: ${element.outerHTML.slice(0, 120)}`);
        window.walked = () => [
          ...named('not reached', all.filter(e => e.isConnected && e.checkVisibility() && !reached.has(stop(e)))),
          ...named('focus not to be seen', [...unseen]),
        ];
        return new Set(all.map(stop)).size;
      }
      """;

  private static final String NEXT_FRAME =
      "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

  /** What can be scrolled is a stop, too, in some browsers. */
  private static final int MORE = 2;

  private KeyboardWalk() {}

  /** One line for each thing that is wrong. */
  static List<String> through(Page page) {
    var stops = ((Number) page.evaluate(BEGIN)).intValue();
    for (int i = 0; i <= stops || (i < MORE * stops && !wrong(page).isEmpty()); i++) {
      page.keyboard().press("Tab");
      page.evaluate(NEXT_FRAME);
    }
    return wrong(page);
  }

  private static List<String> wrong(Page page) {
    return ((List<?>) page.evaluate("() => walked()")).stream().map(String::valueOf).toList();
  }
}
