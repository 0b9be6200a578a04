package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.SharedSystem;
import dev.darkroom.system.browser.BrowserUser;
import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.ReverseProxy;
import dev.darkroom.system.stack.TestedGateway;
import dev.darkroom.system.stack.TestedSystem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in deploy/proxy, with a real nginx and a real Caddy. */
@InBrowser
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReverseProxyIT {
  private static final TestedSystem SYSTEM = SharedSystem.get().system();

  private static TestedGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        SYSTEM.startAnother(
            "gateway-behind-a-proxy",
            "--darkroom.web.trusted-proxies=127.0.0.1",
            "--darkroom.web.hosts=127.0.0.1");
  }

  @AfterAll
  static void stop() {
    gateway.process().close();
  }

  @Test
  void all_pages_work_below_a_path_behind_nginx(BrowserUser visitor, @TempDir Path folder)
      throws IOException {
    try (var nginx = nginx(folder, "nginx-prefix.conf")) {
      workBelow(nginx.address() + "/darkroom/", visitor);
    }
  }

  @Test
  void all_pages_work_below_a_path_behind_caddy(BrowserUser visitor, @TempDir Path folder)
      throws IOException {
    var caddy = ReverseProxy.find("caddy");
    var example = ReverseProxy.example("Caddyfile");
    assertThat(example)
        .contains(
            "X-Forwarded-Prefix", "-Forwarded", "-X-Forwarded-Port", "handle_path /darkroom/*");
    assumeTrue(caddy.isPresent(), "there is no caddy; apt-get install caddy");
    try (var proxy =
        ReverseProxy.caddyBelowPrefix(caddy.get(), folder, gateway.address().getPort())) {
      workBelow(proxy.address() + "/darkroom/", visitor);
    }
  }

  /** Whatever is asked for above the path is a complaint. */
  private static void workBelow(String base, BrowserUser visitor) {
    visitor.expectsComplaint("foreign request: " + base);
    var generate = new GeneratePage(visitor.opens(base + "generate"));
    generate.prompt().fill("A lighthouse behind a proxy");
    generate.choose("Small square");
    SYSTEM.nebius().cable().holdAnswers(); // its steps come while the job runs
    try {
      generate.submit();
      generate.showsWorkUnderWay();
    } finally {
      SYSTEM.nebius().cable().heal();
    }
    generate.showsPicture();
    generate.showsEveryStep();
    var page = generate.page();
    assertThat(page).hasURL(Pattern.compile(literally(base) + "generate\\?job=[0-9a-f-]{36}$"));
    assertThat(generate.pictures().first())
        .hasAttribute("src", Pattern.compile("^/darkroom/generated/[0-9a-f-]{36}\\.webp$"));
    var saved = page.waitForDownload(() -> generate.link("Download").click());
    assertThat(saved.url()).startsWith(base + "generated/").endsWith("?download");
    generate.button("Copy curl line").click();
    visitor.awaitsClipboard("curl -i " + base + "api/generate ");

    generate.link("All about it").click();
    assertThat(page).hasURL(Pattern.compile(literally(base) + "requests/[0-9a-f-]{36}$"));
    assertThat(page.getByText("A lighthouse behind a proxy").first()).isVisible();
    assertThat(page.getByRole(AriaRole.IMG).first()).isVisible();

    go(page, "Logs");
    assertThat(page).hasURL(base + "logs");
    assertThat(page.getByText("A lighthouse behind a proxy").first()).isVisible();
    var csv = page.waitForDownload(() -> page.getByLabel("Export as CSV").click());
    assertThat(csv.url()).startsWith(base + "api/logs/export?format=csv");
    visitor.awaitsEverything();
    go(page, "Operations");
    assertThat(page).hasURL(base + "operations");
    visitor.awaitsEverything();
    go(page, "Darkroom, home");
    assertThat(page).hasURL(base);
    visitor.awaitsEverything();
    go(page, "API");
    assertThat(page).hasURL(Pattern.compile(literally(base) + "swagger-ui/index\\.html.*"));
    assertThat(page.getByText("Submit a job").first()).isVisible();
    assertThat(page.getByRole(AriaRole.COMBOBOX).first()).containsText("/darkroom");

    visitor.expectsComplaint("404");
    page.navigate(base + "no/such/page");
    assertThat(page.getByText("Page not found")).isVisible();
    go(page, "Logs");
    assertThat(page).hasURL(base + "logs");
  }

  /** For the browser's kind of patterns, which have no quotes. */
  private static String literally(String address) {
    return address.replace(".", "\\.");
  }

  private static void go(Page page, String place) {
    page.getByRole(AriaRole.NAVIGATION)
        .getByRole(
            AriaRole.LINK,
            new com.microsoft.playwright.Locator.GetByRoleOptions().setName(place).setExact(true))
        .first()
        .click();
  }

  @Test
  void nginx_overwrites_what_a_client_forwards_and_logs_no_query(@TempDir Path folder)
      throws Exception {
    try (var nginx = nginx(folder, "nginx-prefix.conf");
        var client = nginx.client()) {
      var base = nginx.address() + "/darkroom";
      var submitted =
          client.send(
              post(base + "/api/generate?s=signature", "{\"prompt\":\"a kite\"}")
                  .headers(
                      "X-Forwarded-For", "203.0.113.7",
                      "X-Forwarded-Prefix", "/evil",
                      "X-Forwarded-Host", "evil.example",
                      "Forwarded", "host=evil.example")
                  .build(),
              BodyHandlers.ofString());

      assertThat(submitted.statusCode()).isEqualTo(202);
      assertThat(header(submitted, "Location")).startsWith("/darkroom/api/generate/");
      assertThat(header(submitted, "Strict-Transport-Security")).isEqualTo("max-age=31536000");
      assertThat(nginx.accessLog())
          .contains("POST /darkroom/api/generate\" 202")
          .doesNotContain("signature");

      var tooLarge = "{\"prompt\":\"%s\"}".formatted("a".repeat(100_000));
      var refused =
          client.send(post(base + "/api/generate", tooLarge).build(), BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.body()).contains("\"code\":\"too_large\"");
    }
  }

  @Test
  void nginx_serves_a_host_of_its_own_and_leads_to_https(@TempDir Path folder) throws Exception {
    var plain = FreePorts.claim();
    try (var nginx = nginx(folder, "nginx.conf", plain);
        var client = nginx.client()) {
      var submitted =
          client.send(
              post(nginx.address() + "/api/generate", "{\"prompt\":\"a kite\"}")
                  .headers("Prefer", "wait=30", "X-Forwarded-Prefix", "/evil")
                  .header("Origin", nginx.address().toString())
                  .build(),
              BodyHandlers.ofString());
      assertThat(submitted.statusCode()).isEqualTo(200);
      assertThat(header(submitted, "Location")).startsWith("/api/generate/");
      assertThat(submitted.body()).contains("\"imageUrl\":\"/generated/");

      try (var anybody = HttpClient.newHttpClient()) {
        var led =
            anybody.send(
                HttpRequest.newBuilder(
                        URI.create("http://%s:%d/logs?q=a".formatted(FreePorts.HOST, plain)))
                    .build(),
                BodyHandlers.discarding());
        assertThat(led.statusCode()).isEqualTo(308);
        assertThat(header(led, "Location")).isEqualTo("https://127.0.0.1/logs?q=a");
      }
    }
  }

  private static ReverseProxy nginx(Path folder, String example) throws IOException {
    return nginx(folder, example, FreePorts.claim());
  }

  private static ReverseProxy nginx(Path folder, String example, int plainPort) throws IOException {
    assertThat(ReverseProxy.example(example))
        .contains(
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "proxy_set_header Forwarded \"\";",
            "Strict-Transport-Security",
            "proxy_read_timeout 75s;");
    var nginx = ReverseProxy.find("nginx");
    assumeTrue(nginx.isPresent(), "there is no nginx; apt-get install nginx");
    return ReverseProxy.nginx(nginx.get(), folder, example, gateway.address().getPort(), plainPort);
  }

  private static HttpRequest.Builder post(String url, String body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
