package dev.darkroom.system.pages;

import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.ChromiumSearch;
import dev.darkroom.system.browser.ChromiumSearch.Found;
import dev.darkroom.system.browser.ChromiumSearch.Missing;
import dev.darkroom.system.browser.OpenBrowser;
import dev.darkroom.system.browser.Visitor;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One browser for all tests of a JVM, a new visitor for each. */
final class SendVisitors implements ExecutionCondition, ParameterResolver, AfterEachCallback {
  private static final Namespace OURS = Namespace.create(SendVisitors.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return switch (ChromiumSearch.here()) {
      case Found found -> ConditionEvaluationResult.enabled("there is " + found.executable());
      case Missing missing -> {
        context.getRoot().getStore(OURS).computeIfAbsent("said", _ -> say(missing));
        yield ConditionEvaluationResult.disabled(missing.says());
      }
    };
  }

  private static Missing say(Missing missing) {
    System.out.println(missing.says());
    return missing;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Visitor.class;
  }

  @Override
  public Visitor resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var browser =
        context.getRoot().getStore(OURS).computeIfAbsent("browser", _ -> open(), OpenBrowser.class);
    var gateway = SharedSystem.get().system().gateways().getFirst();
    return context
        .getStore(OURS)
        .computeIfAbsent("visitor", _ -> browser.visitorOf(gateway.address()), Visitor.class);
  }

  private static OpenBrowser open() {
    return switch (ChromiumSearch.here()) {
      case Found found -> OpenBrowser.start(found.executable());
      case Missing missing -> throw new IllegalStateException(missing.says());
    };
  }

  /** The visitor leaves when JUnit closes what the test has stored. */
  @Override
  public void afterEach(ExtensionContext context) {
    var visitor = context.getStore(OURS).get("visitor", Visitor.class);
    if (visitor != null) {
      if (context.getExecutionException().isPresent()) {
        visitor.keepsEvidence(
            context.getRequiredTestClass().getSimpleName()
                + "."
                + context.getRequiredTestMethod().getName());
      }
      visitor.assertNothingToComplainOf();
    }
  }
}
