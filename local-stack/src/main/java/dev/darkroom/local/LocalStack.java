package dev.darkroom.local;

import dev.darkroom.local.Part.Role;
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
  private final StateFolder state;
  private final ConcurrentLinkedQueue<Part> parts = new ConcurrentLinkedQueue<>();

  private LocalStack(LocalEnvironment environment, LocalSettings settings, StateFolder state) {
    this.environment = environment;
    this.settings = settings;
    this.state = state;
    parts.add(new Part(Role.STATE, state.path().toString(), Map.of(), state));
  }

  /**
   * Starts everything; where a part fails, the others are stopped again.
   *
   * @throws CannotStart with what to change
   */
  static LocalStack start(String... arguments) throws IOException, InterruptedException {
    var environment = LocalEnvironment.read(arguments);
    var settings = environment.settings();
    Ports.requireFree(environment, settings);
    var stack =
        new LocalStack(environment, settings, StateFolder.open(settings.state(), settings.fresh()));
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
            () -> StartServers.postgres(environment, settings, state),
            () -> StartServers.kafka(environment, settings, state),
            () -> StartServers.nebius(environment, settings)));
  }

  private void startApplications(ExecutorService starting) throws InterruptedException {
    Say.progress("gateway and worker start …");
    var told =
        parts.stream()
            .flatMap(part -> part.tells().entrySet().stream())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    startTogether(
        starting,
        List.of(
            () -> StartApplications.gateway(settings, state, environment.arguments(), told),
            () -> StartApplications.worker(state, environment.arguments(), told)));
  }

  /** Starts parts that don't need one another side by side, and waits for all of them. */
  private void startTogether(ExecutorService starting, List<Callable<Part>> starts)
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

  private static CannotStart cannotStart(ExecutionException e) {
    return e.getCause() instanceof CannotStart known
        ? known
        : new CannotStart(inWords(NestedExceptionUtils.getMostSpecificCause(e)), e);
  }

  /** A setting that is refused is refused in a sentence. */
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

  List<Part> parts() {
    return parts.stream().sorted(Comparator.comparing(Part::role)).toList();
  }

  private Part part(Role role) {
    return parts.stream().filter(part -> part.role() == role).findFirst().orElseThrow();
  }

  /** Stops the parts in order; one that fails to stop keeps no other from it. */
  @Override
  public void close() {
    for (var part : parts()) {
      try {
        part.stop().close();
      } catch (Exception e) {
        log.atWarn().addKeyValue("part", part.role().words()).setCause(e).log("did not stop well");
      }
    }
    parts.clear();
  }
}
