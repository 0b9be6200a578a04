package dev.darkroom.gateway.wait;

/** Is told that events have arrived from Kafka, but not which. */
@FunctionalInterface
public interface EventArrivalListener {
  /** Must return at once. */
  void eventsArrived();
}
