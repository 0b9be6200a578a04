package dev.darkroom.system.processes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * nginx or Caddy before a gateway, set up as an example in {@code deploy/proxy} says, but for
 * addresses and the certificate.
 */
public final class ReverseProxy implements AutoCloseable {
  private static final Path EXAMPLES = Path.of("..", "deploy", "proxy");
  private static final Duration START = Duration.ofSeconds(10);
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String KEY = "proxy";

  private final SystemProcess process;
  private final Path folder;
  private final int port;
  private final String scheme;

  private ReverseProxy(String name, List<String> command, Path folder, int port, String scheme) {
    this.process = new SystemProcess(name, command, Map.of(), folder);
    this.folder = folder;
    this.port = port;
    this.scheme = scheme;
    process.start();
    await(name + " listens").atMost(START).until(() -> isListening(name));
  }

  private boolean isListening(String name) throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "%s ended by itself: %s".formatted(name, Files.readString(process.log())));
    }
    return FreePorts.answers(port);
  }

  /** Where Debian puts it, or on the path. */
  public static Optional<Path> find(String program) {
    var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The text of an example. */
  public static String example(String file) throws IOException {
    return Files.readString(EXAMPLES.resolve(file));
  }

  /**
   * Starts nginx.
   *
   * @param example nginx.conf or nginx-prefix.conf
   * @param plainPort of http, which leads to https
   */
  public static ReverseProxy nginx(
      Path nginx, Path folder, String example, int gatewayPort, int plainPort) throws IOException {
    Files.createDirectories(folder);
    makeCertificate(folder);
    var port = FreePorts.claim();
    var server =
        changed(example(example), "127\\.0\\.0\\.1:8080", FreePorts.HOST + ":" + gatewayPort)
            .replaceAll("listen 80;", "listen %s:%d;".formatted(FreePorts.HOST, plainPort));
    server = changed(server, "listen 443 ", "listen %s:%d ".formatted(FreePorts.HOST, port));
    server = changed(server, "server_name [^;]+;", "server_name " + FreePorts.HOST + ";");
    server = changed(server, "/etc/ssl/certs/[^;]+;", folder.resolve("proxy.pem") + ";");
    server = changed(server, "/etc/ssl/private/[^;]+;", folder.resolve("proxy.key") + ";");
    server = changed(server, "/var/log/nginx/darkroom.log", folder.resolve("access.log") + "");
    Files.writeString(folder.resolve("darkroom.conf"), server);
    var main = folder.resolve("nginx.conf");
    Files.writeString(
        main,
        """
        daemon off;
        user %s;
        worker_processes 1;
        pid %2$s/nginx.pid;
        events { worker_connections 256; }
        http {
          client_body_temp_path %2$s/body;
          proxy_temp_path %2$s/proxied;
          fastcgi_temp_path %2$s/fastcgi;
          uwsgi_temp_path %2$s/uwsgi;
          scgi_temp_path %2$s/scgi;
          include %2$s/darkroom.conf;
        }
        """
            .formatted(System.getProperty("user.name"), folder));
    var command =
        List.of(nginx.toString(), "-p", folder.toString(), "-c", main.toString(), "-e", "stderr");
    return new ReverseProxy("nginx", command, folder, port, "https");
  }

  /** Caddy with both of its hosts on one port each, without certificates. */
  public static ReverseProxy caddyBelowPrefix(Path caddy, Path folder, int gatewayPort)
      throws IOException {
    Files.createDirectories(folder);
    var port = FreePorts.claim();
    var file = folder.resolve("Caddyfile");
    var ours =
        changed(example("Caddyfile"), "127\\.0\\.0\\.1:8080", FreePorts.HOST + ":" + gatewayPort);
    ours =
        changed(
            ours,
            "(?m)^pictures\\.example\\.com ",
            "http://" + FreePorts.HOST + ":" + FreePorts.claim() + " ");
    ours =
        changed(ours, "(?m)^www\\.example\\.com ", "http://" + FreePorts.HOST + ":" + port + " ");
    Files.writeString(
        file,
        """
        {
          admin off
          auto_https off
          storage file_system %s
        }
        """
                .formatted(folder.resolve("storage"))
            + ours);
    var command =
        List.of(caddy.toString(), "run", "--config", file.toString(), "--adapter", "caddyfile");
    return new ReverseProxy("caddy", command, folder, port, "http");
  }

  private static String changed(String text, String pattern, String replacement) {
    var changed = text.replaceAll(pattern, replacement);
    if (changed.equals(text)) {
      throw new IllegalStateException("the example has no " + pattern);
    }
    return changed;
  }

  /** For 127.0.0.1, of this run alone. */
  private static void makeCertificate(Path folder) throws IOException {
    var store = folder.resolve("proxy.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var process =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                KEY,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + FreePorts.HOST,
                "-ext",
                "san=ip:" + FreePorts.HOST,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException("keytool made no certificate");
      }
      var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
      write(folder.resolve("proxy.pem"), "CERTIFICATE", keys.getCertificate(KEY).getEncoded());
      write(folder.resolve("proxy.key"), "PRIVATE KEY", keys.getKey(KEY, PASSWORD).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("broken off", e);
    }
  }

  private static void write(Path file, String type, byte[] bytes) throws IOException {
    var text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, text));
  }

  public URI address() {
    return URI.create(scheme + "://" + FreePorts.HOST + ":" + port);
  }

  /** What it has logged of requests. */
  public String accessLog() throws IOException {
    return Files.readString(folder.resolve("access.log"));
  }

  /** Trusts its certificate. */
  public HttpClient client() throws IOException, GeneralSecurityException {
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    var keys = KeyStore.getInstance(folder.resolve("proxy.p12").toFile(), PASSWORD);
    var certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry(KEY, keys.getCertificate(KEY));
    trusted.init(certificates);
    var tls = SSLContext.getInstance("TLS");
    tls.init(null, trusted.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.stop(START);
    }
  }
}
