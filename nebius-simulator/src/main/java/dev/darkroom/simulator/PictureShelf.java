package dev.darkroom.simulator;

import dev.darkroom.simulator.drawing.Drawing;
import dev.darkroom.simulator.drawing.PictureFormat;
import dev.darkroom.simulator.drawing.Sketch;
import dev.darkroom.simulator.http.Delivery;
import dev.darkroom.simulator.http.Reply;
import java.util.LinkedHashMap;

/**
 * The pictures of {@code response_format: url}: the last {@value #KEPT}, kept as sketches and drawn
 * when fetched.
 */
final class PictureShelf {
  static final String PATH = "/v1/pictures/";
  static final int KEPT = 10_000;

  private final LinkedHashMap<String, Item> items = new LinkedHashMap<>();

  synchronized void put(String id, Sketch sketch, PictureFormat format) {
    items.put(id, new Item(sketch, format));
    if (items.size() > KEPT) {
      items.pollFirstEntry();
    }
  }

  Delivery fetch(String id) {
    Item item;
    synchronized (this) {
      item = items.get(id);
    }
    if (item == null) {
      return Json.error(404, "Not Found");
    }
    byte[] picture = item.format().encode(Drawing.of(item.sketch()));
    return new Delivery.Whole(Reply.of(200, item.format().contentType(), picture));
  }

  private record Item(Sketch sketch, PictureFormat format) {}
}
