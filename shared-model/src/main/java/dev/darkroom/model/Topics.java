package dev.darkroom.model;

/** Names on Kafka that others may rely on. */
public final class Topics {
  /** Jobs that are due; key {@code requestId}, value {@link JobMessage}. */
  public static final String JOBS = "generation.jobs";

  /**
   * What happened to jobs; key {@code requestId}, value a CloudEvent with {@link GenerationEvent}
   * as its data.
   */
  public static final String EVENTS = "generation.events";

  /** The share group of all workers. */
  public static final String WORKERS = "generation-workers";

  /**
   * The consumer group of all workers where the broker has no share groups. Another name, because
   * on one that has, an id belongs to a group of one kind.
   */
  public static final String CLASSIC_WORKERS = "generation-workers-classic";

  private Topics() {}
}
