package dev.darkroom.worker.consume;

import dev.darkroom.model.Topics;

/** Where a source takes jobs from, and with whom it shares them. */
record JobSubscription(String topic, String group) {
  static final JobSubscription SHARE = new JobSubscription(Topics.JOBS, Topics.WORKERS);
  static final JobSubscription CLASSIC = new JobSubscription(Topics.JOBS, Topics.CLASSIC_WORKERS);
}
