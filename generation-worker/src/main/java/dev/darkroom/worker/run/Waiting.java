package dev.darkroom.worker.run;

/** Why a worker takes no jobs. */
enum Waiting {
  /** It takes jobs. */
  NOT,
  /** All its slots are busy. */
  SLOTS,
  /** The way to Nebius is closed: an outage, a refused key, or Nebius asked it to wait. */
  NEBIUS,
  /** The calls that all workers may make are made. */
  QUOTA,
  /** No picture can be kept, so none is bought. */
  PICTURES,
  /** No thread could be started a moment ago. */
  THREADS,
  /** It was stopped, and lets its jobs end. */
  STOPPING
}
