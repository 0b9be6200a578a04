package dev.darkroom.messaging;

import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.ledger.meter.LoopAge;
import dev.darkroom.model.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
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

  private final Map<String, Object> adminConfig;
  private final MessagingSettings settings;
  private volatile boolean running;
  private volatile boolean present;
  private volatile @Nullable String jobsTopicId;
  private volatile boolean complained;
  private final LoopAge age = new LoopAge("keep-topics");
  private Thread thread = Thread.ofPlatform().daemon().unstarted(this::keep);

  KeepTopics(KafkaAdmin admin, MessagingSettings settings) {
    var config = new HashMap<String, Object>(admin.getConfigurationProperties());
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_SECONDS * 1000 / 2);
    this.adminConfig = Map.copyOf(config);
    this.settings = settings;
  }

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
      complainOnce(e);
    }
  }

  private boolean createMissing(Admin admin) throws InterruptedException {
    try {
      var existing = topicIds(admin);
      if (!present || !existing.containsKey(Topics.JOBS)) {
        readFromTheBeginning(admin);
      }
      for (var topic : wanted()) {
        if (!existing.containsKey(topic.name())) {
          create(admin, topic);
        }
      }
      raisePartitions(admin);
      jobsTopicId =
          existing.containsKey(Topics.JOBS)
              ? existing.get(Topics.JOBS)
              : topicIds(admin).get(Topics.JOBS);
      present = true;
      age.succeeded();
      complained = false;
      return true;
    } catch (ExecutionException e) {
      complainOnce(e.getCause());
    } catch (TimeoutException e) {
      complainOnce(e);
    }
    present = false;
    return false;
  }

  private static Map<String, String> topicIds(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    return admin.listTopics().listings().get(PATIENCE_SECONDS, TimeUnit.SECONDS).stream()
        .collect(Collectors.toMap(TopicListing::name, topic -> topic.topicId().toString()));
  }

  private void complainOnce(@Nullable Throwable reason) {
    if (!complained) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(reason))
          .log("the topics can't be kept; accepted jobs wait in the ledger until they can");
    }
    complained = true;
  }

  private static void create(Admin admin, NewTopic topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin.createTopics(Set.of(topic)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      log.atInfo().addKeyValue("topic", topic.name()).log("topic created");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private void raisePartitions(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (settings.jobPartitions() > 1) { // no topic has fewer
      RaisePartitions.ofJobs(admin, settings.jobPartitions(), PATIENCE_SECONDS);
    }
  }

  /**
   * A share group reads from the end by default: a job sent before the first worker subscribed
   * would never be seen. Set before the topic exists, this is in force before anything is in it.
   */
  private static void readFromTheBeginning(Admin admin)
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
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ApiException refused)
          || refused instanceof RetriableException) {
        throw e;
      }
      log.atWarn()
          .addKeyValue("reason", String.valueOf(refused.getMessage()))
          .log(
              "the share group could not be told to read from the beginning; jobs sent before its first worker came are published again later. Where workers run with darkroom.intake.mode=classic this does not matter");
    }
  }

  void measureBy(MeterRegistry meters) {
    age.register(meters);
    DependencyTrouble.register(meters, "kafka", () -> !present);
  }

  /** Whether topics and group are known to be ready. */
  public boolean present() {
    return present;
  }

  /**
   * Kafka's own id of the topic of jobs, as far as it is known. A topic that was created anew, and
   * holds nothing of what was in the old one, has another.
   */
  public Optional<String> jobsTopicId() {
    return Optional.ofNullable(jobsTopicId);
  }

  private List<NewTopic> wanted() {
    // One partition for jobs: with several, a share group hands each worker about one, and a burst
    // in one of them reaches only some workers. The records of one partition go to any number.
    // In a classic group each partition feeds one worker, so there operators ask for more.
    var jobs = new NewTopic(Topics.JOBS, settings.jobPartitions(), settings.replicationFactor());
    var events =
        new NewTopic(Topics.EVENTS, settings.eventPartitions(), settings.replicationFactor())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(settings.eventRetention().toMillis())));
    return List.of(jobs, events);
  }
}
