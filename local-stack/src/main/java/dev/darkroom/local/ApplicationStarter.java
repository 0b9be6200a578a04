package dev.darkroom.local;

import dev.darkroom.gateway.GatewayApplication;
import dev.darkroom.local.StackPart.Role;
import dev.darkroom.worker.WorkerApplication;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationContextInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts gateway and worker, each as an application of its own in this process. */
final class ApplicationStarter {
  /** Both configure the logging of this process at startup, which is not thread-safe. */
  private static final ReentrantLock LOGGING = new ReentrantLock();

  /** Prevents DNS rebinding by pages of other sites. */
  private static final Map<String, Object> LOOPBACK_ONLY =
      Map.of("darkroom.web.hosts", "localhost,*.localhost,127.0.0.1,[::1]");

  private ApplicationStarter() {}

  /**
   * @param given settings from the command line
   * @param servers their addresses, as Spring Boot properties
   */
  static StackPart gateway(
      LocalSettings settings,
      StateDirectory state,
      Map<String, String> given,
      Map<String, String> servers) {
    var told = new HashMap<>(Map.of("spring.lifecycle.timeout-per-shutdown-phase", "2s"));
    tellBoth(told, state, given, servers);
    told.put("server.port", String.valueOf(settings.gatewayPort()));
    told.put("server.address", settings.address().getHostAddress());
    told.put("management.server.port", String.valueOf(settings.managementPort()));
    told.put("management.server.address", settings.address().getHostAddress());
    Map<String, Object> hosts = settings.address().isLoopbackAddress() ? LOOPBACK_ONLY : Map.of();
    var gateway = run(GatewayApplication.application(hosts), told);
    var port = gateway.getEnvironment().getProperty("local.server.port");
    var address = "http://" + hostOf(settings.address()) + ":" + port;
    return new StackPart(Role.GATEWAY, address, Map.of(), gateway);
  }

  /** The name by which a browser on this machine reaches the address. */
  private static String hostOf(InetAddress address) {
    if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
      return "localhost";
    }
    var literal = address.getHostAddress();
    return literal.contains(":") ? "[" + literal + "]" : literal;
  }

  /**
   * @param given settings from the command line
   * @param servers their addresses, as Spring Boot properties
   */
  static StackPart worker(
      StateDirectory state, Map<String, String> given, Map<String, String> servers) {
    var told = new HashMap<>(Map.of("darkroom.worker.drain", "3s"));
    tellBoth(told, state, given, servers);
    told.put("server.port", "0");
    told.put("server.address", "127.0.0.1");
    told.put("management.server.port", "");
    var worker = run(WorkerApplication.application(), told);
    var address = "http://localhost:" + worker.getEnvironment().getProperty("local.server.port");
    return new StackPart(Role.WORKER, address, Map.of(), worker);
  }

  /** Later settings win: the addresses of the stack's parts can't be overridden. */
  private static void tellBoth(
      Map<String, String> told,
      StateDirectory state,
      Map<String, String> given,
      Map<String, String> servers) {
    told.putAll(given);
    told.putAll(servers);
    told.put("darkroom.picture.dir", state.pictures().toString());
    told.put("spring.main.log-startup-info", "false");
  }

  private static ConfigurableApplicationContext run(
      SpringApplication application, Map<String, String> told) {
    application.setRegisterShutdownHook(false); // the stack stops its parts in order
    application.addListeners(
        (ApplicationListener<ApplicationContextInitializedEvent>) _ -> LOGGING.unlock());
    LOGGING.lock();
    try {
      return application.run(
          told.entrySet().stream()
              .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
              .toArray(String[]::new));
    } finally {
      if (LOGGING.isHeldByCurrentThread()) { // it did not come that far
        LOGGING.unlock();
      }
    }
  }
}
