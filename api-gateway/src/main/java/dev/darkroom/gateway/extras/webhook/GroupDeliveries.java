package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.group.GroupEndListener;
import dev.darkroom.ledger.groups.FinishedGroup;
import dev.darkroom.ledger.webhooks.EventCollector;
import dev.darkroom.messaging.EventRecords;
import dev.darkroom.model.GroupEvent;
import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes one delivery of the end of a group, where its webhook is for that. */
@Component
final class GroupDeliveries implements GroupEndListener {
  private final EventCollector collector;
  private final EventRecords records;
  private final WebhookSettings settings;
  private final JsonMapper json;

  GroupDeliveries(
      EventCollector collector, EventRecords records, WebhookSettings settings, JsonMapper json) {
    this.collector = collector;
    this.records = records;
    this.settings = settings;
    this.json = json;
  }

  /** As Standard Webhooks has it. */
  record GroupBody(String type, Instant timestamp, GroupEvent data) {}

  @Override
  public void groupEnded(FinishedGroup group) {
    var webhook = group.webhook();
    var event = group.event();
    if (webhook != null && webhook.events().contains(event.status())) {
      var body =
          new GroupBody(GroupEvent.type(event.status()), event.endedAt(), records.linked(event));
      collector.collectGroup(
          group, webhook.url(), json.writeValueAsString(body), settings.retryFor());
    }
  }
}
