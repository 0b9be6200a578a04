package dev.darkroom.local;

import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way, once: the stack as a person starts it, asked over HTTP. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LocalStackIT {
  /** The example of the service that Darkroom replaces. */
  private static final String REFERENCE_REQUEST =
      """
      {
        "prompt": "A beautiful sunset over mountains",
        "negative_prompt": "blurry, low quality",
        "diffusionStrength": 0.7,
        "styleIntensity": 0.5,
        "style": "realistic"
      }
      """;

  private static final JsonMapper json = new JsonMapper();
  private static final HttpClient http = HttpClient.newHttpClient();
  @TempDir static Path state;
  private static LocalStack stack;

  @BeforeAll
  static void start() throws Exception {
    stack = startStack("--darkroom.local.simulator-latency=100ms", "--darkroom.job.deadline=7m");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void the_reference_request_comes_back_with_its_steps_and_its_picture() throws Exception {
    var reply = post(REFERENCE_REQUEST, "Prefer", "wait=30");
    assertThat(reply.statusCode()).isEqualTo(200);

    var body = json.readTree(reply.body());
    assertThat(body.path("success").asBoolean()).isTrue();
    assertThat(body.path("metadata").path("prompt").asString())
        .isEqualTo("A beautiful sunset over mountains");
    assertThat(body.path("metadata").path("style").asString()).isEqualTo("realistic");
    assertThat(body.path("metadata").path("diffusionStrength").asDouble()).isEqualTo(0.7);
    assertThat(body.path("metadata").path("styleIntensity").asDouble()).isEqualTo(0.5);
    assertThat(body.path("metadata").path("generatedAt").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(body.path("logs").valueStream().map(log -> log.path("step").asString()))
        .containsExactly("request_received", "calling_nebius_api", "image_generated");

    var picture = getBytes(body.path("imageUrl").asString());
    assertThat(picture.headers().firstValue("Content-Type")).contains("image/webp");
    var image = ImageIO.read(new ByteArrayInputStream(picture.body()));
    assertThat(image).isNotNull();
    assertThat(image.getWidth()).isEqualTo(512);
    assertThat(image.getHeight()).isEqualTo(512);
  }

  /** Its own name could lead a page of anybody's to this machine. */
  @Test
  void it_answers_to_names_of_this_machine_alone() throws Exception {
    assertThat(statusFor("evil.example")).isEqualTo(421);
    for (var host : List.of("localhost", "darkroom.localhost:1", "127.0.0.1:8080", "[::1]")) {
      assertThat(statusFor(host)).as(host).isEqualTo(200);
    }
  }

  private static int statusFor(String host) throws IOException {
    try (var socket = new Socket("localhost", stack.gateway().getPort())) {
      var request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(reply.substring(9, 12));
    }
  }

  /** Kafka hands out jobs in the order in which it got them: it must not get all of one user's. */
  @Test
  void a_user_with_a_few_jobs_does_not_wait_for_the_hundreds_of_another() throws Exception {
    submitAll("hoarder", 300);
    var before = completedOf("hoarder");
    submitAll("passer-by", 5);

    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> completedOf("passer-by") == 5);

    // 16 in hand and 32 on Kafka before them, and one of the other's for each of theirs
    assertThat(completedOf("hoarder") - before).isLessThan(120);
    await().atMost(Duration.ofSeconds(30)).until(() -> completedOf("hoarder") == 300);
  }

  private static void submitAll(String user, int jobs) {
    var body =
        "{\"prompt\":\"One of many\",\"width\":64,\"height\":64,\"userId\":\"" + user + "\"}";
    var request =
        HttpRequest.newBuilder(stack.gateway().resolve("/api/generate"))
            .header("Content-Type", "application/json")
            .POST(ofString(body))
            .build();
    var replies =
        Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofString()))
            .limit(jobs)
            .toList();
    assertThat(replies).allMatch(reply -> reply.join().statusCode() == 202);
  }

  private static int completedOf(String user) throws Exception {
    return get("/api/logs?status=completed&limit=1&userId=" + user).path("count").asInt();
  }

  @Test
  void the_steps_can_be_polled() throws Exception {
    var id = submit("A heron");
    awaitCompleted(id);

    var page = get("/api/logs?requestId=" + id);
    assertThat(page.path("count").asInt()).isEqualTo(3);
    assertThat(page.path("groupedLogs").path(id)).hasSize(3);
    assertThat(page.path("logs").valueStream().map(log -> log.path("step").asString()))
        .containsExactly("image_generated", "calling_nebius_api", "request_received");
  }

  @Test
  void the_reference_query_is_answered() throws Exception {
    var page = get("/api/logs?limit=50&offset=0&requestId=123&status=completed&userId=anonymous");

    assertThat(page.path("logs")).isEmpty();
    assertThat(page.path("limit").asInt()).isEqualTo(50);
  }

  @Test
  void a_job_that_waits_when_the_stack_stops_ends_after_the_next_start() throws Exception {
    stack.close();
    stack = startStack("--darkroom.local.simulator-latency=1h");
    var id = submit("A slow fox");
    await().until(() -> get("/api/generate/" + id).path("status").asString().equals("processing"));

    stack.close();
    stack = startStack("--darkroom.local.simulator-latency=100ms", "--darkroom.job.deadline=7m");

    awaitCompleted(id);
    assertThat(
            get("/api/generate/" + id)
                .path("logs")
                .valueStream()
                .map(log -> log.path("step").asString()))
        .contains("attempt_outcome_unknown", "retry_scheduled")
        .endsWith("image_generated");
  }

  @Test
  void nobody_else_on_the_network_reaches_it() throws Exception {
    var elsewhere =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && address instanceof Inet4Address)
            .findFirst();
    assumeThat(elsewhere).as("an address of this machine in a network").isPresent();
    assertThat(stack.parts())
        .flatExtracting(LocalStackIT::portsOf)
        .isNotEmpty()
        .allSatisfy(port -> assertThat(answers(elsewhere.orElseThrow(), port)).isFalse());
    assertThat(answers(InetAddress.getLoopbackAddress(), stack.gateway().getPort())).isTrue();
  }

  /** As many as its address names. */
  private static List<Integer> portsOf(StackPart part) {
    return Pattern.compile(":(\\d{2,5})\\b")
        .matcher(part.where())
        .results()
        .map(found -> Integer.parseInt(found.group(1)))
        .toList();
  }

  private static boolean answers(InetAddress address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void what_it_keeps_is_for_its_owner_alone() throws IOException {
    assertThat(rights(state)).isEqualTo("rwx------");
    for (var part : List.of("postgres", "kafka", "pictures")) {
      assertThat(rights(state.resolve(part))).isEqualTo("rwx------");
    }
    assertThat(rights(state.resolve("lock"))).isEqualTo("rw-------");
  }

  @Test
  void a_folder_of_others_keeps_its_rights_and_one_of_ours_is_tightened(@TempDir Path elsewhere)
      throws IOException {
    var ours = elsewhere.resolve("ours");
    Files.createDirectories(ours.resolve("kafka"));
    Files.setPosixFilePermissions(ours, PosixFilePermissions.fromString("rwxr-xr-x"));
    StateDirectory.open(ours, false).close();
    assertThat(rights(ours)).isEqualTo("rwx------");

    var others = Files.createDirectories(elsewhere.resolve("others"));
    Files.setPosixFilePermissions(others, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createFile(others.resolve("diary"));
    StateDirectory.open(others, false).close();
    assertThat(rights(others)).isEqualTo("rwxr-xr-x");
    assertThat(rights(others.resolve("pictures"))).isEqualTo("rwx------");
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void a_wrong_password_is_told_at_once_in_a_sentence(@TempDir Path elsewhere) {
    var postgres =
        stack.parts().stream().filter(part -> part.role() == StackPart.Role.POSTGRES).findFirst();
    var url = postgres.orElseThrow().where().replaceAll(".*(jdbc:[^,]*?) as .*", "$1");
    var begun = System.nanoTime();
    assertThatThrownBy(() ->
            startStack(
                "--darkroom.local.state=" + elsewhere,
                "--DATABASE_URL=" + url + "?user=postgres&password=wrong"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(
            "DATABASE_URL is not usable: the database refused the login (28P01)")
        .hasMessageNotContaining("wrong");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(25));
  }

  @Test
  void a_second_stack_in_the_same_folder_is_refused() {
    assertThatThrownBy(() -> startStack())
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("another stack is using")
        .hasMessageContaining("darkroom.local.state");
  }

  @Test
  void a_taken_port_is_named_with_its_setting(@TempDir Path elsewhere) throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = socket.getLocalPort();
      assertThatThrownBy(() ->
              startStack(
                  "--darkroom.local.state=" + elsewhere, "--darkroom.local.kafka-port=" + port))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("port " + port + " is in use")
          .hasMessageContaining("darkroom.local.kafka-port")
          .hasMessageContaining("DARKROOM_LOCAL_KAFKAPORT");
    }
  }

  @Test
  void a_bad_setting_is_named_with_what_it_should_be() {
    assertThatThrownBy(() -> startStack("--darkroom.local.gateway-port=70000"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("darkroom.local.gateway-port must be 0 to 65535");
  }

  @Test
  void a_state_folder_that_can_not_be_made_is_named_with_its_setting(@TempDir Path elsewhere)
      throws IOException {
    var file = Files.createFile(elsewhere.resolve("file"));
    assertThatThrownBy(() -> startStack("--darkroom.local.state=" + file))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("darkroom.local.state must be a writable folder")
        .hasMessageContaining(file.toString());
  }

  @Test
  void gateway_and_worker_hear_what_the_command_line_says_to_them() throws Exception {
    var page = get("/api/logs?status=started&requestId=" + submit("A bridge"));
    var received = page.path("logs").path(0);

    var accepted = Instant.parse(received.path("created_at").asString());
    var deadline = Instant.parse(received.path("details").path("deadline").asString());
    assertThat(deadline)
        .isCloseTo(accepted.plus(Duration.ofMinutes(7)), within(1, ChronoUnit.SECONDS));
  }

  @Test
  void the_welcome_says_where_everything_is() {
    assertThat(WelcomeText.lines(stack).stream().map(String::strip))
        .containsSubsequence(
            "Home:       " + stack.gateway() + "/",
            "Generate:   " + stack.gateway() + "/generate",
            "Logs:       " + stack.gateway() + "/logs",
            "API:        " + stack.gateway() + "/swagger-ui.html");
    assertThat(String.join("\n", WelcomeText.lines(stack)))
        .contains(stack.gateway() + "/api/generate")
        .contains("embedded, jdbc:postgresql:")
        .contains("simulated, http://127.0.0.1:")
        .contains(state.resolve("pictures").toString());
  }

  /** The last of the arguments that set the same thing wins, as it does in Spring Boot. */
  private static LocalStack startStack(String... more) throws Exception {
    var given = List.of(more);
    var usual =
        Stream.of(
                "gateway-port=0",
                "management-port=0",
                "postgres-port=0",
                "kafka-port=0",
                "kafka-controller-port=0",
                "simulator-port=0",
                "state=" + state)
            .map("--darkroom.local."::concat)
            .filter(
                setting -> given.stream().noneMatch(other -> name(other).equals(name(setting))));
    return LocalStack.start(Stream.concat(usual, given.stream()).toArray(String[]::new));
  }

  private static String name(String argument) {
    return argument.substring(0, argument.indexOf('='));
  }

  private static String submit(String prompt) throws Exception {
    var reply = post("{\"prompt\":\"" + prompt + "\",\"width\":64,\"height\":64}");
    assertThat(reply.statusCode()).isEqualTo(202);
    return json.readTree(reply.body()).path("requestId").asString();
  }

  private static void awaitCompleted(String id) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("/api/generate/" + id).path("status").asString().equals("completed"));
  }

  private static HttpResponse<String> post(String body, String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(stack.gateway().resolve("/api/generate"))
            .header("Content-Type", "application/json")
            .POST(ofString(body));
    return http.send(
        headers.length == 0 ? request.build() : request.headers(headers).build(),
        BodyHandlers.ofString());
  }

  private static JsonNode get(String path) throws Exception {
    var reply =
        http.send(
            HttpRequest.newBuilder(stack.gateway().resolve(path)).build(), BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(200);
    return json.readTree(reply.body());
  }

  private static HttpResponse<byte[]> getBytes(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(stack.gateway().resolve(path)).build(), BodyHandlers.ofByteArray());
  }
}
