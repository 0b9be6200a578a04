package dev.darkroom.system.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs axe-core's rules for WCAG 2.2 AA on a page as it stands. Its script comes through the
 * debugger, which the Content-Security-Policy does not concern, so that the policy stays in force.
 */
final class AccessibilityCheck {
  private static final List<String> WCAG_2_2_AA =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

  private static final Set<String> FAILS_ON = Set.of("serious", "critical");

  private AccessibilityCheck() {}

  /** Two frames, and the end of what moves; what goes round for ever is no fade. */
  private static final String UNTIL_NOTHING_FADES =
      """
      async () => {
        const frame = () => new Promise(requestAnimationFrame);
        await frame();
        await frame();
        const fades = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
        await Promise.allSettled(fades.map((one) => one.finished));
      }
      """;

  static void of(Page page, String what) {
    var _ = page.evaluate(UNTIL_NOTHING_FADES);
    // The other mode opens a page of its own to put the findings of several frames together.
    var violations =
        new AxeBuilder(page).setLegacyMode(true).withTags(WCAG_2_2_AA).analyze().getViolations();
    var minor = violations.stream().filter(rule -> !FAILS_ON.contains(rule.getImpact())).toList();
    if (!minor.isEmpty()) {
      System.out.println("axe on " + what + ":\n" + inFull(minor));
    }
    var serious = violations.stream().filter(rule -> FAILS_ON.contains(rule.getImpact())).toList();
    assertThat(serious.stream().map(Rule::getId))
        .as(() -> "axe on " + what + ":\n" + inFull(serious))
        .isEmpty();
  }

  private static String inFull(List<Rule> rules) {
    return rules.stream()
        .map(rule ->
            "%s: %s (%s)%n%s"
                .formatted(rule.getImpact(), rule.getHelp(), rule.getId(), places(rule)))
        .collect(Collectors.joining("\n"));
  }

  private static String places(Rule rule) {
    return rule.getNodes().stream()
        .map(AccessibilityCheck::place)
        .collect(Collectors.joining("\n"));
  }

  private static String place(CheckedNode node) {
    return "  at %s: %s%n    %s"
        .formatted(
            node.getTarget(), node.getHtml(), node.getFailureSummary().replace("\n", "\n    "));
  }
}
