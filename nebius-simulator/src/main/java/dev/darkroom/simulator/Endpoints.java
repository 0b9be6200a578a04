package dev.darkroom.simulator;

import dev.darkroom.simulator.http.RequestHandler;
import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorRequest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Leads every request to what answers it. */
final class Endpoints implements RequestHandler {
  private final @Nullable String apiKey;
  private final List<String> models;
  private final RandomGenerator dice;
  private final ImageGenerations generations;
  private final PictureShelf shelf;
  private final ControlApi control;

  Endpoints(SimulatorSettings settings, FaultPlan plan, Bill bill) {
    this.apiKey = settings.apiKey();
    this.models = settings.models();
    this.dice = settings.dice();
    this.shelf = new PictureShelf();
    this.generations = new ImageGenerations(settings, plan, bill, shelf);
    this.control = new ControlApi(bill, plan);
  }

  /** Headers that every reply carries are added here. */
  @Override
  public ResponseDelivery answer(SimulatorRequest request) throws InterruptedException {
    var requestId = newId();
    return route(request, requestId).with("x-request-id", requestId);
  }

  private ResponseDelivery route(SimulatorRequest request, String requestId)
      throws InterruptedException {
    var path = request.path();
    if (path.startsWith(PictureShelf.PATH)) {
      return only("GET", request, () -> shelf.fetch(path.substring(PictureShelf.PATH.length())));
    }
    return switch (path) {
      case "/v1/images/generations" ->
          only(
              "POST",
              request,
              () -> withKey(request, () -> generations.answer(request, requestId)));
      case "/v1/models" -> only("GET", request, () -> withKey(request, this::catalogue));
      case "/simulator/bill" ->
          switch (request.method()) {
            case "GET" -> control.showBill();
            case "DELETE" -> control.clearBill();
            default -> methodNotAllowed("GET, DELETE");
          };
      case "/simulator/faults" ->
          switch (request.method()) {
            case "GET" -> control.showFaults();
            case "PUT" -> control.replaceFaults(request);
            default -> methodNotAllowed("GET, PUT");
          };
      default -> Json.error(404, "Not Found");
    };
  }

  private static ResponseDelivery only(
      String method, SimulatorRequest request, EndpointHandler answer) throws InterruptedException {
    return request.method().equals(method) ? answer.get() : methodNotAllowed(method);
  }

  private static ResponseDelivery methodNotAllowed(String allowed) {
    return Json.error(405, "Method Not Allowed").with("allow", allowed);
  }

  private ResponseDelivery withKey(SimulatorRequest request, EndpointHandler answer)
      throws InterruptedException {
    var given = request.header("authorization");
    if (given == null || !given.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      return Json.error(401, "The header `Authorization: Bearer <key>` is missing.");
    }
    var key = given.substring("bearer ".length()).strip();
    boolean right = apiKey == null ? !key.isEmpty() : apiKey.equals(key);
    return right ? answer.get() : Json.error(401, "The API key is invalid.");
  }

  /** The list of models in OpenAI's form. */
  private ResponseDelivery catalogue() {
    var entries =
        models.stream()
            .map(id -> Map.of("id", id, "object", "model", "owned_by", "system"))
            .toList();
    return Json.answer(200, Map.of("object", "list", "data", entries));
  }

  private String newId() {
    byte[] id = new byte[16];
    dice.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private interface EndpointHandler {
    ResponseDelivery get() throws InterruptedException;
  }
}
