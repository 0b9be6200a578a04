package dev.darkroom.simulator;

import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorRequest;
import dev.darkroom.simulator.http.SimulatorResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * {@code /simulator/}: lets other processes read the bill and steer the faults; it asks for no key.
 */
final class ControlApi {
  private final Bill bill;
  private final FaultPlan plan;

  ControlApi(Bill bill, FaultPlan plan) {
    this.bill = bill;
    this.plan = plan;
  }

  ResponseDelivery showBill() {
    return Json.answer(200, new BillSheet(bill.total(), bill.byPrompt(), bill.calls()));
  }

  ResponseDelivery clearBill() {
    bill.clear();
    return new ResponseDelivery.Whole(new SimulatorResponse(204, Map.of(), new byte[0]));
  }

  ResponseDelivery showFaults() {
    return Json.answer(200, plan.sheet());
  }

  /**
   * Takes {@code {"latency":{"fixed":"PT1.5S","jitter":"PT0S"},"rules":[…]}} in place of all there
   * was.
   */
  ResponseDelivery replaceFaults(SimulatorRequest request) {
    try {
      @Nullable FaultSheet sheet = Json.MAPPER.readValue(request.body(), FaultSheet.class);
      if (sheet == null) {
        return Json.error(400, "The faults cannot be read: an object is needed, not null");
      }
      plan.replace(sheet);
      return showFaults();
    } catch (JacksonException e) {
      return Json.error(400, "The faults cannot be read: " + e.getOriginalMessage());
    }
  }

  record BillSheet(long total, Map<String, Long> byPrompt, List<SimulatedCall> calls) {}
}
