package dev.darkroom.messaging;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** What a failure of Kafka's clients means, and what an operator can do. */
public final class KafkaFailure {
  private static final int DEEPEST = 10;

  private KafkaFailure() {}

  /**
   * The failure in a sentence.
   *
   * @param rights that the call needs, such as {@code READ and DESCRIBE}; Kafka names the resource,
   *     not the operation
   */
  public static String inWords(Throwable failure, String rights) {
    var cause = causeOf(failure);
    return switch (cause) {
      case TopicAuthorizationException e ->
          missing(rights, "topic " + String.join(", ", e.unauthorizedTopics()));
      case GroupAuthorizationException e -> missing(rights, "group " + e.groupId());
      case ClusterAuthorizationException e -> missing(rights, "cluster") + ": " + e.getMessage();
      case SslAuthenticationException e ->
          "the TLS handshake with Kafka failed (%s); check spring.kafka.properties.security.protocol and the certificates"
              .formatted(e.getMessage());
      case AuthenticationException e ->
          "Kafka refused the login (%s); check spring.kafka.properties.sasl.*"
              .formatted(e.getMessage());
      case ConfigException e -> "Kafka's client can't be set up: " + e.getMessage();
      // its message contains times, so every one would be another reason
      case TimeoutException _, java.util.concurrent.TimeoutException _ ->
          "Kafka did not answer in time";
      default -> cause.getClass().getSimpleName() + ": " + cause.getMessage();
    };
  }

  /** Whether the record is larger than its topic or its producer allows. */
  public static boolean isTooLarge(Throwable failure) {
    var cause = causeOf(failure);
    return cause instanceof RecordTooLargeException
        || cause instanceof RecordBatchTooLargeException;
  }

  private static String missing(String rights, String resource) {
    return "this login may not use the %s; it needs the right %s on it".formatted(resource, rights);
  }

  /** Without the wrappers of futures, Spring and the clients themselves. */
  private static Throwable causeOf(Throwable failure) {
    var cause = failure;
    for (var depth = 0; depth < DEEPEST && isWrapper(cause); depth++) {
      cause = cause.getCause() == null ? cause : cause.getCause();
    }
    return cause;
  }

  private static boolean isWrapper(@Nullable Throwable failure) {
    return failure instanceof ExecutionException
        || failure instanceof CompletionException
        || failure instanceof org.springframework.kafka.KafkaException
        || (failure != null && failure.getClass() == KafkaException.class);
  }
}
