package dev.darkroom.system.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.system.clients.ArrivedWebhook;
import dev.darkroom.system.clients.EventRecorder;
import dev.darkroom.system.clients.ReceivedEvent;
import dev.darkroom.system.clients.SubmittingClients;
import dev.darkroom.system.clients.WebhookReceiver;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.EvidenceCollector;
import dev.darkroom.system.evidence.LedgerReader;
import dev.darkroom.system.promises.Promise.Breach;
import dev.darkroom.system.promises.Promises;
import dev.darkroom.system.stack.SystemSettings;
import dev.darkroom.system.stack.TestedGateway;
import dev.darkroom.system.stack.TestedSystem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** The tested system, with those who use it and with eyes on its ledger. */
public final class ObservedSystem implements AutoCloseable {
  private static final Duration EVENTS_MAY_TAKE = Duration.ofSeconds(30);

  /** Another gateway takes those of a killed one a minute after they should have been sent. */
  private static final Duration WEBHOOKS_MAY_TAKE = Duration.ofSeconds(90);

  private final TestedSystem system;
  private final LedgerReader ledger;
  private final SubmittingClients clients;
  private final EventRecorder events;
  private final WebhookReceiver webhooks = new WebhookReceiver();

  private ObservedSystem(TestedSystem system, String run) {
    this.system = system;
    var postgres = system.postgres();
    ledger = new LedgerReader(postgres.jdbcUrl(), postgres.username(), postgres.password());
    var gateways = system.gateways().stream().map(TestedGateway::address).toList();
    clients = new SubmittingClients(run, gateways, webhooks.address());
    events = new EventRecorder(system.kafka().bootstrapServers(), ledger::endedAmong, gateways);
  }

  /**
   * Starts everything.
   *
   * @param run names the folder under {@code target/runs} where all processes keep what they write
   */
  public static ObservedSystem start(String run, SystemSettings settings) throws IOException {
    return new ObservedSystem(TestedSystem.start(run, settings), run);
  }

  public TestedSystem system() {
    return system;
  }

  public LedgerReader ledger() {
    return ledger;
  }

  public SubmittingClients clients() {
    return clients;
  }

  public EventRecorder events() {
    return events;
  }

  /**
   * Waits until every client was told, every job has ended and every end was heard of, also by
   * webhook where that is wanted. What has not come about by then is for the promises to judge.
   *
   * @param since jobs accepted before are left out
   */
  public void awaitQuiet(Instant since, Duration atMost) {
    try {
      await("all jobs have ended")
          .atMost(atMost)
          .pollInterval(Duration.ofMillis(250))
          .until(() -> clients.underWay() == 0 && hasEveryJobEnded(since));
      await("all events have come")
          .atMost(EVENTS_MAY_TAKE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> isEveryEndHeardOf(since));
      await("all webhooks have come")
          .atMost(WEBHOOKS_MAY_TAKE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> hasEveryWebhookCome(since));
    } catch (ConditionTimeoutException e) {
      System.out.println("it did not become quiet: " + e.getMessage());
    }
  }

  private boolean hasEveryJobEnded(Instant since) {
    return ledger.openSince(since).filter(Set::isEmpty).isPresent();
  }

  private boolean isEveryEndHeardOf(Instant since) {
    var heardOf =
        events.received().stream()
            .filter(ReceivedEvent::isEnd)
            .map(ReceivedEvent::requestId)
            .collect(Collectors.toSet());
    return ledger.endedSince(since).filter(heardOf::containsAll).isPresent();
  }

  private boolean hasEveryWebhookCome(Instant since) {
    var told =
        webhooks.received().stream().map(ArrivedWebhook::requestId).collect(Collectors.toSet());
    return ledger.endedWithWebhookSince(since).filter(told::containsAll).isPresent();
  }

  public Evidence evidence() {
    return new EvidenceCollector(
            ledger,
            system.folder().pictures(),
            system.providers().stream().map(provider -> provider.simulator().bill()).toList())
        .collect(clients.submissions(), clients.seen(), events.received(), webhooks.received());
  }

  /**
   * Waits until it is quiet, and fails with everything that is known if a promise was broken.
   *
   * @param since jobs accepted before are left out
   */
  public Evidence checkPromises(Instant since, Duration atMost) {
    awaitQuiet(since, atMost);
    var evidence = evidence().since(since);
    var breaches = Promises.breaches(evidence);
    assertThat(breaches.stream().map(Breach::says))
        .as(() -> Promises.inFull(breaches) + "\nlogs: " + system.folder().path())
        .isEmpty();
    return evidence;
  }

  @Override
  public void close() throws IOException {
    clients.close();
    events.close();
    system.close();
    webhooks.close();
  }
}
