package dev.darkroom.simulator;

import dev.darkroom.simulator.drawing.Drawing;
import dev.darkroom.simulator.drawing.OutputFormat;
import dev.darkroom.simulator.drawing.Sketch;
import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorResponse;
import java.util.LinkedHashMap;

/**
 * The pictures of {@code response_format: url}: the last {@value #KEPT}, kept as sketches and drawn
 * when fetched.
 */
final class PictureShelf {
  static final String PATH = "/v1/pictures/";
  static final int KEPT = 10_000;

  private final LinkedHashMap<String, Item> items = new LinkedHashMap<>();

  synchronized void put(String id, Sketch sketch, OutputFormat format) {
    items.put(id, new Item(sketch, format));
    if (items.size() > KEPT) {
      items.pollFirstEntry();
    }
  }

  ResponseDelivery fetch(String id) {
    Item item;
    synchronized (this) {
      item = items.get(id);
    }
    if (item == null) {
      return Json.error(404, "Not Found");
    }
    byte[] picture = item.format().encode(Drawing.of(item.sketch()));
    return new ResponseDelivery.Whole(
        SimulatorResponse.of(200, item.format().contentType(), picture));
  }

  private record Item(Sketch sketch, OutputFormat format) {}
}
