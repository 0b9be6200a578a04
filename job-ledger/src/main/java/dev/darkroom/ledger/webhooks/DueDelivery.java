package dev.darkroom.ledger.webhooks;

import dev.darkroom.model.RequestId;
import java.util.List;
import java.util.UUID;

/**
 * A delivery that is this gateway's to send, until its reservation ends.
 *
 * @param address the URL without its query, which may hold what is nobody else's business
 * @param body exactly what to send
 * @param number of this try; what is reported of an earlier one changes nothing
 * @param failures of the tries before this one, since it was collected or redelivered
 * @param troubled whether a server that fails or is slow is on its lane
 * @param secrets to sign with, the current one first; empty where its owner has none yet
 */
public record DueDelivery(
    UUID deliveryId,
    RequestId requestId,
    WebhookOwner owner,
    UUID endpointId,
    String url,
    String address,
    String body,
    int number,
    int failures,
    boolean troubled,
    List<String> secrets) {
  public DueDelivery {
    secrets = List.copyOf(secrets);
  }

  public String userId() {
    return owner.userId();
  }
}
