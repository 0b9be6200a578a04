package dev.darkroom.gateway.wait;

/** Is told that events have arrived from Kafka, but not which. */
public interface EventArrivalListener {
  /** Whether it has anybody to tell. */
  boolean isListening();

  /** Must return at once. */
  void eventsArrived();
}
