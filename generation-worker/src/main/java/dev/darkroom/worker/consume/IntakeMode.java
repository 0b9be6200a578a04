package dev.darkroom.worker.consume;

/** In which kind of group the workers share the jobs. */
enum IntakeMode {
  /** A share group: single records go to any number of workers. Kafka 4.2 or later. */
  SHARE,

  /** An ordinary consumer group: as many workers as partitions. Any broker. */
  CLASSIC
}
