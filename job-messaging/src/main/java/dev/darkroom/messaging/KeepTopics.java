package dev.darkroom.messaging;

import dev.darkroom.ledger.loop.LoopAge;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.messaging.KafkaTroubles.Concern;
import dev.darkroom.model.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Creates the topics with their settings, and creates them again when a broker has lost everything.
 * The application starts without waiting for it: while Kafka is away, jobs are accepted all the
 * same.
 */
public final class KeepTopics implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(KeepTopics.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int PATIENCE_SECONDS = 5;

  /**
   * An hour more than the longest deadline: after it nobody asks for a job, and it holds a prompt.
   */
  private static final Duration JOBS_RETENTION = Duration.ofHours(25);

  private final Map<String, Object> adminConfig;
  private final MessagingSettings settings;
  private final KafkaTroubles troubles;
  private volatile boolean running;
  private volatile boolean present;
  private volatile @Nullable JobsTopic jobsTopic;
  private volatile @Nullable String eventsTopicId;
  private final LoopAge age = new LoopAge("keep-topics");

  /** What the step under way may lack the right to do; Kafka names the resource alone. */
  private String rights = "";

  private Thread thread = Thread.ofPlatform().daemon().unstarted(this::keep);

  KeepTopics(KafkaAdmin admin, MessagingSettings settings, KafkaTroubles troubles) {
    var config = new HashMap<String, Object>(admin.getConfigurationProperties());
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000 / 2);
    this.adminConfig = Map.copyOf(config);
    this.settings = settings;
    this.troubles = troubles;
  }

  /**
   * The topic of jobs as Kafka knows it.
   *
   * @param id Kafka's own; a topic that was created anew, and holds nothing of what was in the old
   *     one, has another
   */
  public record JobsTopic(String id, int partitions) {}

  @Override
  public void start() {
    running = true;
    age.succeeded();
    thread = Thread.ofPlatform().daemon().name("keep-topics").start(this::keep);
  }

  @Override
  public void stop() {
    running = false;
    thread.interrupt();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1000; // before anything that sends or polls
  }

  private void keep() {
    try {
      while (running) {
        keepWithOneClient();
        Thread.sleep(RETRY);
      }
    } catch (InterruptedException e) {
      log.debug("no longer keeping the topics: stopping");
    }
  }

  /** Until the client can't be used, as one whose server's name can't be resolved yet. */
  private void keepWithOneClient() throws InterruptedException {
    try (var admin = Admin.create(adminConfig)) {
      while (running) {
        Thread.sleep(createMissing(admin) ? settings.checkTopicsEvery() : RETRY);
      }
    } catch (KafkaException e) {
      complain(e);
    }
  }

  private boolean createMissing(Admin admin) throws InterruptedException {
    try {
      var existing = describe(admin);
      if (!present || !existing.containsKey(Topics.JOBS)) {
        readFromTheBeginning(admin);
      }
      for (var topic : wanted()) {
        if (!existing.containsKey(topic.name())) {
          create(admin, topic);
        }
      }
      if (existing.size() < wanted().size()) {
        existing = describe(admin);
      }
      remember(existing);
      raisePartitions(admin, existing.get(Topics.JOBS));
      present = true;
      troubles.end(Concern.TOPICS);
      age.succeeded();
      return true;
    } catch (ExecutionException | TimeoutException e) {
      complain(e);
    }
    present = false;
    return false;
  }

  private Map<String, TopicDescription> describe(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    rights = "DESCRIBE";
    var found = new HashMap<String, TopicDescription>();
    var asked = admin.describeTopics(List.of(Topics.JOBS, Topics.EVENTS)).topicNameValues();
    for (var topic : asked.entrySet()) {
      try {
        found.put(topic.getKey(), topic.getValue().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return found;
  }

  private void remember(Map<String, TopicDescription> existing) {
    var jobs = existing.get(Topics.JOBS);
    jobsTopic =
        jobs == null ? null : new JobsTopic(jobs.topicId().toString(), jobs.partitions().size());
    var events = existing.get(Topics.EVENTS);
    eventsTopicId = events == null ? null : events.topicId().toString();
  }

  /** A timeout says nothing of its cause, so the addresses are looked at. */
  private void complain(Throwable failure) {
    var reason = KafkaFailure.inWords(failure, rights);
    if (troubles.reason(Concern.TOPICS).filter(known -> known.startsWith(reason)).isPresent()) {
      troubles.report(Concern.TOPICS, troubles.reason(Concern.TOPICS).orElse(reason));
    } else {
      troubles.report(Concern.TOPICS, isTimeout(failure) ? reason + "; " + probed() : reason);
    }
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof TimeoutException
        || failure.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
  }

  private String probed() {
    var servers = adminConfig.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    var addresses =
        servers instanceof Collection<?> several
            ? several.stream().map(String::valueOf).toList()
            : List.of(String.valueOf(servers).split(","));
    var protocol =
        String.valueOf(
            adminConfig.getOrDefault(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT"));
    return BootstrapProbe.findings(addresses, !protocol.endsWith("SSL"));
  }

  private void create(Admin admin, NewTopic topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    rights = "CREATE";
    try {
      admin.createTopics(Set.of(topic)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      log.atInfo().addKeyValue("topic", topic.name()).log("topic created");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private void raisePartitions(Admin admin, @Nullable TopicDescription jobs)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (jobs != null && jobs.partitions().size() < settings.jobPartitions()) {
      RaisePartitions.ofJobs(admin, settings.jobPartitions(), PATIENCE_SECONDS, troubles);
    } else {
      troubles.end(Concern.PARTITIONS);
    }
  }

  /**
   * A share group reads from the end by default: a job sent before the first worker subscribed
   * would never be seen. Set before the topic exists, this is in force before anything is in it.
   */
  private void readFromTheBeginning(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.WORKERS);
    var earliest =
        new AlterConfigOp(
            new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
    try {
      admin
          .incrementalAlterConfigs(Map.of(group, List.of(earliest)))
          .all()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      troubles.end(Concern.SHARE_GROUP);
    } catch (ExecutionException e) {
      rights = "ALTER_CONFIGS";
      if (!(e.getCause() instanceof ApiException refused)
          || refused instanceof RetriableException
          || refused instanceof AuthenticationException) {
        throw e;
      } else if (refused instanceof AuthorizationException) {
        troubles.report(Concern.SHARE_GROUP, KafkaFailure.inWords(refused, rights));
      } else { // where workers want a share group, they say that there are none
        log.atDebug()
            .addKeyValue("reason", String.valueOf(refused.getMessage()))
            .log("the broker knows no settings of share groups");
      }
    }
  }

  void measureBy(MeterRegistry meters) {
    age.register(meters);
    DependencyTrouble.register(meters, "kafka", () -> !present || !troubles.all().isEmpty());
  }

  /** Whether topics and group are known to be ready. */
  public boolean present() {
    return present;
  }

  /** The topic of jobs, as far as it is known. */
  public Optional<JobsTopic> jobsTopic() {
    return Optional.ofNullable(jobsTopic);
  }

  /** Kafka's own id of the topic of events, as far as it is known. */
  public Optional<String> eventsTopicId() {
    return Optional.ofNullable(eventsTopicId);
  }

  /** How long an event can be read. */
  public Duration eventRetention() {
    return settings.eventRetention();
  }

  private List<NewTopic> wanted() {
    // One partition for jobs: with several, a share group hands each worker about one, and a burst
    // in one of them reaches only some workers. The records of one partition go to any number.
    // In a classic group each partition feeds one worker, so there operators ask for more.
    var jobs =
        new NewTopic(Topics.JOBS, settings.jobPartitions(), settings.replicationFactor())
            .configs(retention(JOBS_RETENTION));
    var events =
        new NewTopic(Topics.EVENTS, settings.eventPartitions(), settings.replicationFactor())
            .configs(retention(settings.eventRetention()));
    return List.of(jobs, events);
  }

  private static Map<String, String> retention(Duration time) {
    return Map.of(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(time.toMillis()));
  }
}
