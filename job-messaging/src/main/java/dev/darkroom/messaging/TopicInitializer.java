package dev.darkroom.messaging;

import dev.darkroom.ledger.loop.LoggedFailureException;
import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import dev.darkroom.model.Topics;
import java.time.Duration;
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
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
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

/**
 * Creates the topics with their settings, and creates them again when a broker has lost everything.
 * The application starts without waiting for it: while Kafka is away, jobs are accepted all the
 * same.
 */
public final class TopicInitializer implements LoopRound {
  private static final Logger log = LoggerFactory.getLogger(TopicInitializer.class);
  private static final int TIMEOUT_SECONDS = 5;

  /** An hour more than the longest deadline: after it nobody needs the record or its prompt. */
  private static final Duration JOBS_RETENTION = Duration.ofHours(25);

  private final BootstrapServers servers;
  private final Map<String, Object> adminConfig;
  private final MessagingSettings settings;
  private final KafkaHealth health;
  private volatile boolean present;
  private volatile @Nullable String jobsTopicId;
  private volatile @Nullable String eventsTopicId;
  private volatile @Nullable Thread thread;
  private @Nullable Admin client;

  /** What the step under way may lack the right to do; Kafka names only the resource. */
  private String rights = "DESCRIBE";

  TopicInitializer(
      BootstrapServers servers,
      Map<String, Object> adminConfig,
      MessagingSettings settings,
      KafkaHealth health) {
    var config = new HashMap<>(adminConfig);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_SECONDS * 1000);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_SECONDS * 1000 / 2);
    this.servers = servers;
    this.adminConfig = Map.copyOf(config);
    this.settings = settings;
    this.health = health;
  }

  @Override
  public boolean run() throws InterruptedException {
    thread = Thread.currentThread();
    try {
      var admin = client == null ? Admin.create(adminConfig) : client;
      client = admin;
      createMissing(admin);
    } catch (ExecutionException | TimeoutException e) {
      throw failed(e);
    } catch (KafkaException e) { // such as a server's name that can't be resolved yet
      end();
      throw failed(e);
    }
    present = true;
    health.end(KafkaConcern.TOPICS);
    return false;
  }

  private void createMissing(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
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
  }

  private Map<String, TopicDescription> describe(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    rights = "DESCRIBE";
    var found = new HashMap<String, TopicDescription>();
    var asked = admin.describeTopics(List.of(Topics.JOBS, Topics.EVENTS)).topicNameValues();
    for (var topic : asked.entrySet()) {
      try {
        found.put(topic.getKey(), await(topic.getValue()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return found;
  }

  private static <T> T await(KafkaFuture<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private void remember(Map<String, TopicDescription> existing) {
    var jobs = existing.get(Topics.JOBS);
    jobsTopicId = jobs == null ? null : jobs.topicId().toString();
    var events = existing.get(Topics.EVENTS);
    eventsTopicId = events == null ? null : events.topicId().toString();
  }

  private void create(Admin admin, NewTopic topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    rights = "CREATE";
    try {
      await(admin.createTopics(Set.of(topic)).all());
      log.atInfo().addKeyValue("topic", topic.name()).log("topic created");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /**
   * A job's key then leads to another partition; that does no harm, as the ledger decides about
   * every record.
   */
  private void raisePartitions(Admin admin, @Nullable TopicDescription jobs)
      throws ExecutionException, InterruptedException, TimeoutException {
    var wanted = settings.jobPartitions();
    if (jobs == null || jobs.partitions().size() >= wanted) {
      health.end(KafkaConcern.PARTITIONS);
      return;
    }
    try {
      await(admin.createPartitions(Map.of(Topics.JOBS, NewPartitions.increaseTo(wanted))).all());
      log.atInfo().addKeyValue("partitions", wanted).log("added partitions to the topic of jobs");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ApiException refused)
          || refused instanceof RetriableException) {
        throw e;
      }
      // another process may just have added them; or this login may not
      health.report(KafkaConcern.PARTITIONS, KafkaFailure.inWords(refused, "ALTER"));
    }
  }

  /**
   * A share group reads from the end by default: a job sent before the first worker subscribed
   * would never be delivered. Set before the topic exists, this applies to every record in it.
   */
  private void readFromTheBeginning(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.WORKERS);
    var earliest =
        new AlterConfigOp(
            new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
    try {
      await(admin.incrementalAlterConfigs(Map.of(group, List.of(earliest))).all());
      health.end(KafkaConcern.SHARE_GROUP);
    } catch (ExecutionException e) {
      rights = "ALTER_CONFIGS";
      if (!(e.getCause() instanceof ApiException refused)
          || refused instanceof RetriableException
          || refused instanceof AuthenticationException) {
        throw e;
      } else if (refused instanceof AuthorizationException) {
        health.report(KafkaConcern.SHARE_GROUP, KafkaFailure.inWords(refused, rights));
      } else { // workers that want a share group report that there are none
        log.atDebug()
            .addKeyValue("reason", String.valueOf(refused.getMessage()))
            .log("the broker has no settings for share groups");
      }
    }
  }

  private LoggedFailureException failed(Exception failure) {
    present = false;
    var reason = KafkaFailure.inWords(failure, rights);
    var known = health.reason(KafkaConcern.TOPICS).filter(last -> last.startsWith(reason));
    health.report(KafkaConcern.TOPICS, known.orElseGet(() -> reason + findings(failure)));
    return new LoggedFailureException(reason);
  }

  /** A timeout says nothing about its cause, so the addresses are tried. */
  private String findings(Exception failure) {
    var isTimeout =
        failure instanceof TimeoutException
            || failure.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
    return isTimeout ? "; " + servers.findings() : "";
  }

  /** Whether topics and group are known to be ready. */
  public boolean present() {
    return present;
  }

  /** Kafka's own id of the topic of jobs, as far as it is known; one created anew has another. */
  public Optional<String> jobsTopicId() {
    return Optional.ofNullable(jobsTopicId);
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

  @Override
  public void wakeUp() {
    var waiting = thread;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  @Override
  public void end() {
    var admin = client;
    client = null;
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
