package dev.darkroom.worker.nebius;

import java.util.stream.Stream;

/** What of ours Nebius refuses; waiting for others does not cure it. */
public enum Refusal {
  KEY(401, "the key was refused"),
  BALANCE(402, "the account can't pay"),
  ACCESS(403, "access was refused"),
  MODEL(404, "the model or the endpoint does not exist");

  private final int status;
  private final String inWords;

  Refusal(int status, String inWords) {
    this.status = status;
    this.inWords = inWords;
  }

  static Refusal of(int status) {
    return Stream.of(values())
        .filter(refusal -> refusal.status == status)
        .findFirst()
        .orElseThrow();
  }

  /** For people: {@code 401, the key was refused}. */
  String inWords() {
    return status + ", " + inWords;
  }

  /** Whether it may concern a single model, and so only the jobs that ask for that one. */
  boolean mayBeOfOneModel() {
    return switch (this) {
      case ACCESS, MODEL -> true;
      case KEY, BALANCE -> false;
    };
  }
}
