package dev.darkroom.simulator;

import dev.darkroom.simulator.drawing.Sketch;
import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorRequest;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/images/generations}: reads a request, bills it, and answers it or plays the fault
 * it meets.
 */
final class ImageGenerations {
  private static final long SEEDS = 1L << 32;

  private final List<String> models;
  private final FaultPlan plan;
  private final Bill bill;
  private final PictureShelf shelf;
  private final Clock clock;
  private final RandomGenerator dice;
  private final @Nullable RequestQuota quota;

  ImageGenerations(SimulatorSettings settings, FaultPlan plan, Bill bill, PictureShelf shelf) {
    this.models = settings.models();
    this.plan = plan;
    this.bill = bill;
    this.shelf = shelf;
    this.clock = settings.clock();
    this.dice = settings.dice();
    this.quota = settings.quota() == null ? null : new RequestQuota(settings.quota(), clock);
  }

  ResponseDelivery answer(SimulatorRequest request, String requestId) throws InterruptedException {
    return switch (ImageRequestParser.read(request.body())) {
      case ParsedRequest.Malformed(var sentence) -> Json.error(400, sentence);
      case ParsedRequest.Invalid(var violations) -> Json.error(422, violations);
      case ParsedRequest.Valid(var asked) when !models.contains(asked.model()) ->
          Json.error(404, "The model `%s` does not exist.".formatted(asked.model()));
      case ParsedRequest.Valid(var asked) when quota != null ->
          takeOfQuota(quota.admit(), asked, request, requestId);
      case ParsedRequest.Valid(var asked) -> take(asked, request, requestId);
    };
  }

  private ResponseDelivery takeOfQuota(
      RequestQuota.Verdict verdict, ImageRequest asked, SimulatorRequest request, String requestId)
      throws InterruptedException {
    var delivery =
        verdict.admitted()
            ? take(asked, request, requestId)
            : carryOut(
                bill(asked, request, requestId, refusal(verdict)), request, new CountDownLatch(0));
    for (var header : verdict.headers().entrySet()) {
      delivery = delivery.with(header.getKey(), header.getValue());
    }
    return delivery;
  }

  private static Fault refusal(RequestQuota.Verdict verdict) {
    return Fault.answer(429)
        .withDetail("Rate limit exceeded: %d requests per minute.".formatted(verdict.limit()))
        .withRetryAfter(verdict.retryAfter());
  }

  private ResponseDelivery take(ImageRequest asked, SimulatorRequest request, String requestId)
      throws InterruptedException {
    var met = plan.meet(asked.prompt());
    return carryOut(bill(asked, request, requestId, met.fault()), request, met.cleared());
  }

  private SimulatedCall bill(
      ImageRequest asked, SimulatorRequest request, String requestId, @Nullable Fault fault) {
    long seed = asked.seed() == -1 ? dice.nextLong(SEEDS) : asked.seed();
    var trace = request.header("traceparent");
    var status = fault == null ? Integer.valueOf(200) : fault.shownStatus();
    boolean billed = fault == null || fault.billed();
    return bill.add(number ->
        new SimulatedCall(
            number, requestId, clock.instant(), asked, seed, trace, fault, status, billed));
  }

  private ResponseDelivery carryOut(
      SimulatedCall call, SimulatorRequest request, CountDownLatch cleared)
      throws InterruptedException {
    if (call.billed()) {
      Thread.sleep(plan.drawLatency());
    }
    var replies = new SimulatorResponses(call, sketch(call), request, shelf);
    return switch (call.fault()) {
      case null -> replies.good();
      case Fault.ErrorAnswer error -> replies.error(error);
      case Fault.HtmlPage page -> replies.htmlPage(page);
      case Fault.ConnectionReset _ -> new ResponseDelivery.DroppedConnection();
      case Fault.Hang _ -> {
        cleared.await();
        yield new ResponseDelivery.DroppedConnection();
      }
      case Fault.Slow(var extra) -> {
        Thread.sleep(extra);
        yield replies.good();
      }
      case Fault.CutBody(var percent) -> new ResponseDelivery.Cut(replies.goodReply(), percent);
      case Fault.DripBody(var bytes, var every) ->
          new ResponseDelivery.Drip(replies.goodReply(), bytes, every);
      case Fault.Rubbish(var content) -> replies.rubbish(content);
    };
  }

  private static Sketch sketch(SimulatedCall call) {
    var asked = call.request();
    return new Sketch(
        asked.prompt(),
        asked.negativePrompt(),
        call.seed(),
        asked.steps(),
        asked.width(),
        asked.height());
  }
}
