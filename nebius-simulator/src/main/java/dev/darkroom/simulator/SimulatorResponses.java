package dev.darkroom.simulator;

import dev.darkroom.simulator.ImageRequest.ResponseFormat;
import dev.darkroom.simulator.drawing.Drawing;
import dev.darkroom.simulator.drawing.OutputFormat;
import dev.darkroom.simulator.drawing.Sketch;
import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorRequest;
import dev.darkroom.simulator.http.SimulatorResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The replies one call can get. */
record SimulatorResponses(
    SimulatedCall call, Sketch sketch, SimulatorRequest request, PictureShelf shelf) {

  ResponseDelivery good() {
    return new ResponseDelivery.Whole(goodReply());
  }

  /** {@code {"data":[{"b64_json":"…"}],"id":"…"}}; Nebius sends no {@code created}. */
  SimulatorResponse goodReply() {
    var format = call.request().extension();
    return switch (call.request().format()) {
      case B64_JSON -> picture(draw(format));
      case URL -> {
        shelf.put(call.requestId(), sketch, format);
        yield success(ResponseFormat.URL, url());
      }
    };
  }

  ResponseDelivery error(Fault.ErrorAnswer error) {
    var detail = Objects.requireNonNullElse(error.detail(), sentence(error.status()));
    var reply = Json.reply(error.status(), Map.of("detail", detail));
    var wait = error.retryAfter();
    if (wait != null) {
      reply = reply.with("retry-after", Long.toString(wait.plusNanos(999_999_999).toSeconds()));
    }
    return new ResponseDelivery.Whole(reply);
  }

  ResponseDelivery htmlPage(Fault.HtmlPage page) {
    var html =
        """
        <html>
        <head><title>%1$d</title></head>
        <body><center><h1>%1$d</h1></center><hr><center>proxy</center></body>
        </html>
        """
            .formatted(page.status());
    return new ResponseDelivery.Whole(
        SimulatorResponse.of(page.status(), "text/html", html.getBytes(StandardCharsets.UTF_8)));
  }

  ResponseDelivery rubbish(Fault.Rubbish.Content content) {
    var asked = call.request().extension();
    var reply =
        switch (content) {
          case MALFORMED_JSON ->
              SimulatorResponse.of(
                  200,
                  "application/json",
                  "{\"data\":[{\"b64_json\":".getBytes(StandardCharsets.UTF_8));
          case NO_PICTURES -> Json.reply(200, Map.of("data", List.of(), "id", call.requestId()));
          case BROKEN_BASE64 -> success(ResponseFormat.B64_JSON, "*** this is not base64 ***");
          case NOT_A_PICTURE -> picture("this is not a picture".getBytes(StandardCharsets.UTF_8));
          case OTHER_FORMAT ->
              picture(draw(asked == OutputFormat.PNG ? OutputFormat.JPG : OutputFormat.PNG));
          case TRUNCATED_PICTURE -> {
            byte[] whole = draw(asked);
            yield picture(Arrays.copyOf(whole, whole.length / 2));
          }
        };
    return new ResponseDelivery.Whole(reply);
  }

  private byte[] draw(OutputFormat format) {
    return format.encode(Drawing.of(sketch));
  }

  private SimulatorResponse picture(byte[] bytes) {
    return success(ResponseFormat.B64_JSON, Base64.getEncoder().encodeToString(bytes));
  }

  private SimulatorResponse success(ResponseFormat field, String value) {
    return Json.reply(
        200, Map.of("data", List.of(Map.of(field.toString(), value)), "id", call.requestId()));
  }

  /**
   * Through the name the client itself used: in a container the listening address would be of no
   * use to it.
   */
  private String url() {
    return "http://" + request.header("host") + PictureShelf.PATH + call.requestId();
  }

  private static String sentence(int status) {
    return switch (status) {
      case 400 -> "The request is invalid.";
      case 401 -> "The API key is invalid.";
      case 402 -> "The balance is not sufficient.";
      case 403 -> "Access to this model is denied.";
      case 404 -> "The model does not exist.";
      case 429 -> "The rate limit is exceeded.";
      case 503 -> "The model is overloaded.";
      default -> status < 500 ? "The request was refused." : "Internal server error";
    };
  }
}
