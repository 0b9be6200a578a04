package dev.darkroom.gateway.wait;

/** Wants to know that something has happened to some job, but not what. */
@FunctionalInterface
public interface HearEvents {
  /** Events have come; to be answered at once. */
  void eventsCame();
}
