package dev.darkroom.local;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * {@code ./mvnw spring-boot:run}: starts the stack, prints how to use it, and stops it on Ctrl-C.
 */
public final class LocalStackApplication {
  private LocalStackApplication() {}

  public static void main(String[] arguments) throws IOException {
    System.setProperty("java.awt.headless", "true");
    // two applications would each configure logging; logback.xml does it once
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install(); // otherwise Tomcat writes to the terminal
    InterruptSignal.heed();
    var starting = new ShutdownSequence(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(starting::run, "stop-stack"));
    try {
      var stack = LocalStack.start(arguments);
      starting.started(stack);
      WelcomeText.lines(stack).forEach(Console::line);
      new CountDownLatch(1).await(); // until the shutdown hook has run
    } catch (InterruptedException e) {
      Console.progress("stopped before startup finished");
    } catch (StartupException e) {
      starting.failed();
      Console.line("");
      Console.line("darkroom can't start: " + e.getMessage());
      System.exit(1);
    }
  }
}
