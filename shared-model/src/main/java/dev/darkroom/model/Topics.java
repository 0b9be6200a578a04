package dev.darkroom.model;

/** Names of topics and groups; public API. */
public final class Topics {
  /** Due jobs; key {@code requestId}, value {@link JobMessage}. */
  public static final String JOBS = "generation.jobs";

  /**
   * Steps of jobs; key {@code requestId}, value a CloudEvent with {@link GenerationEvent} as its
   * data. And the ends of groups; key {@code groupId}, with {@link GroupEvent}.
   */
  public static final String EVENTS = "generation.events";

  /** The share group of all workers. */
  public static final String WORKERS = "generation-workers";

  /**
   * The consumer group of all workers if the broker has no share groups. It has another name
   * because a group id belongs to one kind of group.
   */
  public static final String CLASSIC_WORKERS = "generation-workers-classic";

  private Topics() {}
}
