package dev.darkroom.worker.outcome;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.util.function.LongSupplier;

/** Something in Nebius's place, which fails in one way and knows what it has billed. */
record TestingProvider(URI endpoint, LongSupplier bill, ProviderStop stop)
    implements AutoCloseable {
  interface ProviderStart {
    TestingProvider start() throws IOException;
  }

  interface ProviderStop {
    void stop() throws IOException;
  }

  @Override
  public void close() throws IOException {
    stop.stop();
  }

  static ProviderStart simulator(Fault fault) {
    return () -> {
      var simulator = NebiusSimulator.start(SimulatorSettings.defaults());
      simulator.everyCall().meet(fault);
      return new TestingProvider(
          simulator.baseUri(),
          () -> simulator.bill().total(),
          () -> {
            simulator.clearFaults();
            simulator.close();
          });
    };
  }

  static TestingProvider at(String endpoint, ProviderStop stop) {
    return new TestingProvider(URI.create(endpoint), () -> 0, stop);
  }

  static ProviderStart script(TestingServer.Script script) {
    return () -> {
      var server = TestingServer.start(script);
      return at(server.baseUri().toString(), server::close);
    };
  }

  static ProviderStart json(int status, String body) {
    return script(exchange -> exchange.answer(status, body));
  }

  static ProviderStart closing(String begin) {
    return script(exchange -> {
      exchange.out().write(begin.getBytes(ISO_8859_1));
      exchange.socket().close();
    });
  }

  static ProviderStart resetAtOnce() {
    return () -> {
      var server =
          TestingServer.start(
              client -> {
                var _ = client.getInputStream().read(); // one byte of it: it is on its way
                client.setSoLinger(true, 0);
                client.close();
              },
              _ -> {});
      return at(server.baseUri().toString(), server::close);
    };
  }

  static ProviderStart closed() {
    return () -> {
      var server = TestingServer.start(_ -> {});
      server.close();
      return at(server.baseUri().toString(), () -> {});
    };
  }

  static TestingProvider overTls(TestingServer server) {
    return at(server.baseUri().toString().replace("http:", "https:"), server::close);
  }

  /** Bills whoever follows it. */
  static ProviderStart redirect() {
    return () -> {
      var inside = TestingServer.start(exchange -> exchange.answer(200, "{}"));
      var server = TestingServer.start(exchange -> exchange.out().write(redirectTo(inside)));
      return new TestingProvider(
          server.baseUri(),
          inside::connections,
          () -> {
            inside.close();
            server.close();
          });
    };
  }

  static byte[] redirectTo(TestingServer other) {
    return Exchange.head(302, "text/plain", "Content-Length: 0\r\nLocation: " + other.baseUri());
  }

  static TestingServer.Script pictureAt(String url) {
    return exchange ->
        exchange.answer(
            200, "{\"data\":[{\"b64_json\":null,\"url\":\"%s\"}],\"id\":\"1\"}".formatted(url));
  }

  static void pictureOnThisServer(Exchange exchange) throws IOException {
    pictureAt("http://127.0.0.1:" + exchange.socket().getLocalPort() + "/picture").play(exchange);
  }

  static void sendFirewallPage(Exchange exchange) throws IOException {
    var page =
        "<!DOCTYPE html>\n<html><head><TITLE lang=en>\n Attention Required! &amp; Stop\n</TITLE>";
    exchange.answer(403, "text/html", page.getBytes(ISO_8859_1));
  }

  static void dripError(Exchange exchange) throws IOException {
    exchange.out().write(Exchange.head(500, "application/json", "Content-Length: 10000"));
    while (true) { // until the client has had enough
      exchange.out().write(' ');
      exchange.socket().setSoTimeout(50);
      try {
        if (exchange.socket().getInputStream().read() < 0) {
          return;
        }
      } catch (java.net.SocketTimeoutException e) {
        // the next drop
      }
    }
  }

  static void cutChunk(Exchange exchange) throws IOException {
    exchange.out().write(Exchange.head(200, "application/json", "Transfer-Encoding: chunked"));
    exchange.out().write("20\r\n{\"data\":[{\"b64".getBytes(ISO_8859_1));
    exchange.socket().close();
  }

  static void sendTooMuch(Exchange exchange) throws IOException {
    var base64 = "A".repeat(1 << 20).getBytes(ISO_8859_1);
    exchange.out().write(Exchange.head(200, "application/json", "Connection: close"));
    exchange.out().write("{\"data\":[{\"b64_json\":\"".getBytes(ISO_8859_1));
    for (int i = 0; i < 34; i++) { // a third more than 25 MiB
      exchange.out().write(base64);
    }
    exchange.out().write("\"}]}".getBytes(ISO_8859_1));
    exchange.socket().close();
  }
}
