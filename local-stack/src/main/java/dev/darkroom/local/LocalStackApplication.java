package dev.darkroom.local;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * {@code ./mvnw spring-boot:run}: starts the stack, says how to use it, and stops it in order on
 * Ctrl-C.
 */
public final class LocalStackApplication {
  private LocalStackApplication() {}

  public static void main(String[] arguments) throws IOException {
    System.setProperty("java.awt.headless", "true");
    // Two applications would each set the log up; logback.xml does it once, from the first line on.
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install(); // for Tomcat, which would speak to the terminal by itself
    InterruptSignal.heed();
    var starting = new StopInOrder(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(starting::run, "stop-stack"));
    try {
      var stack = LocalStack.start(arguments);
      starting.started(stack);
      WelcomeText.lines(stack).forEach(Say::line);
      new CountDownLatch(1).await(); // until the shutdown hook has run
    } catch (InterruptedException e) {
      Say.progress("stopped before it was ready");
    } catch (CannotStart e) {
      starting.failed();
      Say.line("");
      Say.line("darkroom can't start: " + e.getMessage());
      System.exit(1);
    }
  }
}
