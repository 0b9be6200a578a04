package dev.darkroom.worker.nebius;

/** A secret that can't slip into a log: it prints as stars. */
record ApiKey(String value) {
  /** Public, as Spring's conversion from a setting's text asks for it. */
  public ApiKey {}

  boolean isGiven() {
    return !value.isBlank();
  }

  @Override
  public String toString() {
    return "***";
  }
}
