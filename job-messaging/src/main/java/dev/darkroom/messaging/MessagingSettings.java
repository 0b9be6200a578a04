package dev.darkroom.messaging;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param replicationFactor copies of each topic; -1 takes the broker's default
 * @param jobPartitions partitions of {@code generation.jobs}, at least: a topic that has fewer gets
 *     more, one that has more keeps them. One is right for a share group; a classic consumer group
 *     needs as many as there are workers
 * @param eventPartitions partitions of {@code generation.events}; events of one job stay in order
 * @param eventRetention how long completion events can be read
 * @param checkTopicsEvery how often the topics are looked for, and created where a broker has lost
 *     them
 */
@Validated
@ConfigurationProperties("darkroom.kafka")
record MessagingSettings(
    @DefaultValue("-1") @Min(-1) @Max(10) short replicationFactor,
    @DefaultValue("1") @Min(1) @Max(1000) int jobPartitions,
    @DefaultValue("3") @Min(1) @Max(1000) int eventPartitions,
    @DefaultValue("7d") @DurationMin(minutes = 1) Duration eventRetention,
    @DefaultValue("10s") @DurationMin(millis = 100) Duration checkTopicsEvery) {
  MessagingSettings {
    if (replicationFactor == 0) {
      throw new IllegalArgumentException(
          "darkroom.kafka.replication-factor is 1 to 10, or -1 for the broker's default");
    }
  }

  /**
   * @param progress whether {@code generation.events} also tells when a job starts and when an
   *     attempt begins
   */
  @Validated
  @ConfigurationProperties("darkroom.events")
  record EventSettings(@DefaultValue("false") boolean progress) {}

  /**
   * @param publicUrl this service's address as others see it, which makes {@code imageUrl} of
   *     events and webhooks absolute
   */
  @Validated
  @ConfigurationProperties("darkroom.web")
  record PublicUrlSettings(
      @DefaultValue("")
          @Pattern(
              regexp = "(https?://[^\\s/?#@]+(/[^\\s?#]*)?)?",
              message = "must be a URL such as https://pictures.example.com")
          String publicUrl) {}
}
