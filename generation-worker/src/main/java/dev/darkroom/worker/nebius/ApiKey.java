package dev.darkroom.worker.nebius;

/** A secret that can't slip into a log: it prints as stars. */
record ApiKey(String value) {

  /** Public, as Spring's conversion from a setting's text asks for it. */
  public ApiKey {
    value = value.strip(); // a file or a pasted line ends with a line break
  }

  boolean isGiven() {
    return !value.isEmpty();
  }

  /** Whether a header can carry it; an invisible character comes along when a key is copied. */
  boolean isSendable() {
    return value.chars().allMatch(character -> character > ' ' && character <= '~');
  }

  @Override
  public String toString() {
    return "***";
  }
}
