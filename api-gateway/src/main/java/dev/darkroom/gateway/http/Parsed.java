package dev.darkroom.gateway.http;

import java.util.List;

/** What a request asks for, or every field and parameter of it that breaks a rule. */
public sealed interface Parsed<T> {
  record Success<T>(T value) implements Parsed<T> {}

  record BadFields<T>(List<BadField> errors) implements Parsed<T> {
    public BadFields {
      errors = List.copyOf(errors);
    }
  }

  /**
   * A field of a request that breaks a rule.
   *
   * @param field its name as the client writes it, or {@code body}
   * @param message continues a sentence that begins with the field's name
   */
  record BadField(String field, String message) {}
}
