package dev.darkroom.system.pages;

import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.browser.ChromiumSearch;
import dev.darkroom.system.browser.ChromiumSearch.ChromiumInstallation;
import dev.darkroom.system.browser.ChromiumSearch.Missing;
import dev.darkroom.system.browser.TestBrowser;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** One browser for all tests of a JVM, a new visitor for each. */
final class SendVisitors implements ExecutionCondition, ParameterResolver, AfterEachCallback {
  private static final Namespace OURS = Namespace.create(SendVisitors.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return switch (ChromiumSearch.here()) {
      case ChromiumInstallation found ->
          ConditionEvaluationResult.enabled("there is " + found.executable());
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
    return parameter.getParameter().getType() == BrowserUser.class;
  }

  @Override
  public BrowserUser resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var browser =
        context.getRoot().getStore(OURS).computeIfAbsent("browser", _ -> open(), TestBrowser.class);
    var gateway =
        isAsked(context)
            ? SharedSystem.gatewayThatAsks()
            : SharedSystem.get().system().gateways().getFirst();
    return context
        .getStore(OURS)
        .computeIfAbsent("visitor", _ -> browser.visitorOf(gateway.address()), BrowserUser.class);
  }

  private static boolean isAsked(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), InBrowser.class)
        .filter(InBrowser::asked)
        .isPresent();
  }

  private static TestBrowser open() {
    return switch (ChromiumSearch.here()) {
      case ChromiumInstallation found -> TestBrowser.start(found.executable());
      case Missing missing -> throw new IllegalStateException(missing.says());
    };
  }

  /** The visitor leaves when JUnit closes what the test has stored. */
  @Override
  public void afterEach(ExtensionContext context) {
    var visitor = context.getStore(OURS).get("visitor", BrowserUser.class);
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
