package dev.darkroom.local;

import dev.darkroom.local.StackPart.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/** The running stack: servers first, gateway and worker on top, stopped in the opposite order. */
final class LocalStack implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalStack.class);

  private final LocalEnvironment environment;
  private final LocalSettings settings;
  private final StateDirectory state;
  private final ConcurrentLinkedQueue<StackPart> parts = new ConcurrentLinkedQueue<>();

  private LocalStack(LocalEnvironment environment, LocalSettings settings, StateDirectory state) {
    this.environment = environment;
    this.settings = settings;
    this.state = state;
    parts.add(new StackPart(Role.STATE, state.path().toString(), Map.of(), state));
  }

  /**
   * Starts all parts; if one fails, the others are stopped.
   *
   * @throws StartupException with what to change
   */
  static LocalStack start(String... arguments) throws IOException, InterruptedException {
    var environment = LocalEnvironment.read(arguments);
    var settings = environment.settings();
    LocalPorts.requireFree(environment, settings);
    var stack =
        new LocalStack(
            environment, settings, StateDirectory.open(settings.state(), settings.fresh()));
    try (var starting = Executors.newVirtualThreadPerTaskExecutor()) {
      stack.startServers(starting);
      stack.startApplications(starting);
      return stack;
    } catch (InterruptedException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private void startServers(ExecutorService starting) throws InterruptedException {
    startTogether(
        starting,
        List.of(
            () -> ServerStarter.postgres(environment, settings, state),
            () -> ServerStarter.kafka(environment, settings, state),
            () -> ServerStarter.nebius(environment, settings)));
  }

  private void startApplications(ExecutorService starting) throws InterruptedException {
    Console.progress("starting gateway and worker …");
    var told =
        parts.stream()
            .flatMap(part -> part.tells().entrySet().stream())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    startTogether(
        starting,
        List.of(
            () -> ApplicationStarter.gateway(settings, state, environment.arguments(), told),
            () -> ApplicationStarter.worker(state, environment.arguments(), told)));
  }

  /** Starts parts that don't need one another side by side, and waits for all of them. */
  private void startTogether(ExecutorService starting, List<Callable<StackPart>> starts)
      throws InterruptedException {
    var begun =
        starts.stream().map(start -> starting.submit(() -> parts.add(start.call()))).toList();
    RuntimeException failure = null;
    for (Future<?> part : begun) {
      try {
        part.get();
      } catch (ExecutionException e) {
        failure = cannotStart(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static StartupException cannotStart(ExecutionException e) {
    return e.getCause() instanceof StartupException known
        ? known
        : new StartupException(inWords(NestedExceptionUtils.getMostSpecificCause(e)), e);
  }

  /** A rejected setting has a message for people. */
  private static String inWords(Throwable root) {
    return root instanceof IllegalArgumentException && root.getMessage() != null
        ? root.getMessage()
        : root.toString();
  }

  /** Base URL of pages and API. */
  URI gateway() {
    return URI.create(part(Role.GATEWAY).where());
  }

  Path pictures() {
    return state.pictures();
  }

  List<StackPart> parts() {
    return parts.stream().sorted(Comparator.comparing(StackPart::role)).toList();
  }

  private StackPart part(Role role) {
    return parts.stream().filter(part -> part.role() == role).findFirst().orElseThrow();
  }

  /** Stops the parts in order, also if one of them fails to stop. */
  @Override
  public void close() {
    for (var part : parts()) {
      try {
        part.stop().close();
      } catch (Exception e) {
        log.atWarn()
            .addKeyValue("part", part.role().words())
            .setCause(e)
            .log("could not stop a part of the stack");
      }
    }
    parts.clear();
  }
}
