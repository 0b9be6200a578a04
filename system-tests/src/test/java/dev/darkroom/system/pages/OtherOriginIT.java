package dev.darkroom.system.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.stack.TestedGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Pages of another site, with the one's origin listed and the other's not. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class OtherOriginIT {
  /** What an application on a page would do, and what it gets to see. */
  private static final String USE =
      """
      async (gateway) => {
        const reply = await fetch(`${gateway}/api/generate`, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(),
            'Authorization': 'Bearer of-nobody', 'Prefer': 'wait=1'
          },
          body: JSON.stringify({ prompt: 'a kite, from elsewhere' })
        });
        const { requestId, links } = await reply.json();
        const last = await new Promise((told, failed) => {
          const stream = new EventSource(gateway + links.events);
          stream.onmessage = ({ data }) => {
            const step = JSON.parse(data);
            if (step.status === 'completed') {
              stream.close();
              told(step);
            }
          };
          stream.onerror = () => failed(new Error('no stream'));
        });
        const picture = await fetch(gateway + last.image_url);
        const shown = new Image();
        shown.src = gateway + last.image_url;
        await shown.decode();
        const cancelled = await fetch(gateway + links.self, { method: 'DELETE' });
        return {
          location: reply.headers.get('Location'), id: reply.headers.get('X-Request-Id'), requestId,
          etag: picture.headers.get('ETag'), disposition: picture.headers.get('Content-Disposition'),
          width: shown.naturalWidth, cancelled: cancelled.status
        };
      }
      """;

  private static final String TRY =
      """
      async (gateway) => {
        const tried = async (attempt) => attempt().then(() => 'yes', () => 'no');
        const json = { method: 'POST', body: '{"prompt":"a kite, from evil"}' };
        const shown = new Image();
        shown.src = `${gateway}/favicon.svg`;
        return {
          read: await tried(() => fetch(`${gateway}/api/logs`)),
          write: await tried(() => fetch(`${gateway}/api/generate`, { ...json, headers: { 'Content-Type': 'application/json' } })),
          unread: await tried(() => fetch(`${gateway}/api/generate`, { ...json, mode: 'no-cors' })),
          follow: await tried(() => new Promise((opened, failed) => {
            const stream = new EventSource(`${gateway}/api/events?userId=anonymous`);
            stream.onopen = opened;
            stream.onerror = () => { stream.close(); failed(); };
          })),
          show: await tried(() => shown.decode())
        };
      }
      """;

  private static HttpServer listed;
  private static HttpServer stranger;
  private static TestedGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    listed = elsewhere();
    stranger = elsewhere();
    gateway =
        SharedSystem.get()
            .system()
            .startAnother("gateway-for-others", "--darkroom.web.origins=" + origin(listed));
  }

  @AfterAll
  static void stop() {
    gateway.process().close();
    listed.stop(0);
    stranger.stop(0);
  }

  @Test
  void a_page_of_a_listed_origin_uses_the_api_and_sees_what_it_needs(BrowserUser visitor) {
    var seen = (Map<?, ?>) open(visitor, listed).evaluate(USE, gateway.address().toString());

    assertThat(seen.get("location")).isEqualTo("/api/generate/" + seen.get("requestId"));
    assertThat(seen.get("id")).isEqualTo(seen.get("requestId"));
    assertThat(String.valueOf(seen.get("etag"))).startsWith("\"");
    assertThat(String.valueOf(seen.get("disposition"))).contains(".webp");
    assertThat(seen.get("width")).isEqualTo(512);
    assertThat(seen.get("cancelled")).isEqualTo(200);
  }

  @Test
  void a_page_of_another_origin_reads_and_writes_nothing(BrowserUser visitor) {
    visitor.expectsComplaint("CORS");
    visitor.expectsComplaint("Failed to load resource");
    var before = jobs();
    var page = open(visitor, stranger);

    var seen = (Map<?, ?>) page.evaluate(TRY, gateway.address().toString());
    assertThat(seen.get("read")).isEqualTo("no");
    assertThat(seen.get("write")).isEqualTo("no");
    assertThat(seen.get("follow")).isEqualTo("no");

    var own = SharedSystem.get().system().gateways().getFirst().address().toString();
    assertThat(((Map<?, ?>) page.evaluate(TRY, own)).get("show")).isEqualTo("no");
    assertThat(jobs()).isEqualTo(before);
  }

  private static Page open(BrowserUser visitor, HttpServer site) {
    visitor.expectsComplaint("foreign request");
    return visitor.opens(origin(site) + "/");
  }

  private static int jobs() {
    return SharedSystem.get().ledger().jobs().size();
  }

  private static String origin(HttpServer site) {
    return "http://localhost:" + site.getAddress().getPort();
  }

  /** For a browser localhost is another site than 127.0.0.1. */
  private static HttpServer elsewhere() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var page =
              "<!doctype html><title>Elsewhere</title><link rel=\"icon\" href=\"data:,\">"
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    return server;
  }
}
