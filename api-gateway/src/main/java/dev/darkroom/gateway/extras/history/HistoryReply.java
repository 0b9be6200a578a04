package dev.darkroom.gateway.extras.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import java.util.List;
import tools.jackson.databind.util.RawValue;

/**
 * A part of the history.
 *
 * @param epoch changes when the ledger is another one than before
 * @param events in the order of the ends; each is the value of its record on Kafka
 * @param next where the history goes on
 * @param complete whether all ends before this request were read
 */
record HistoryReply(String epoch, List<RawValue> events, String next, boolean complete) {
  static HistoryReply of(HistoryPage page, List<byte[]> events) {
    return new HistoryReply(
        page.next().epoch(),
        events.stream().map(event -> new RawValue(new String(event, UTF_8))).toList(),
        HistoryCursor.of(page.next()),
        page.complete());
  }
}
