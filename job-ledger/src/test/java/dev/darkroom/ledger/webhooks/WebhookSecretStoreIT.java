package dev.darkroom.ledger.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.Race;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhookSecretStoreIT {
  private static final Duration OVERLAP = Duration.ofHours(24);

  private final TestingWebhooks webhooks = TestingWebhooks.empty();
  private final WebhookSecretStore secrets =
      new WebhookSecretStore(webhooks.ledger().asApplication);

  @Test
  void an_owner_has_one_secret_from_the_first_question_on() {
    assertThat(secrets.signing("ada")).isEmpty();
    assertThat(secrets.currentOr("ada", "first")).isEqualTo("first");
    assertThat(secrets.currentOr("ada", "second")).isEqualTo("first");
    assertThat(secrets.currentOr("bob", "other")).isEqualTo("other");
    assertThat(secrets.signing("ada")).containsExactly("first");
  }

  @Test
  void all_who_ask_first_at_the_same_moment_get_the_same() throws Exception {
    var answers =
        new Race<String>()
            .add(20, () -> secrets.currentOr("ada", UUID.randomUUID().toString()))
            .run();

    assertThat(answers).hasSize(20).containsOnly(answers.getFirst());
  }

  @Test
  void a_rotated_secret_signs_beside_the_new_one_until_its_time_is_over() {
    secrets.currentOr("ada", "first");

    secrets.rotate("ada", "second", OVERLAP);

    assertThat(secrets.currentOr("ada", "none")).isEqualTo("second");
    assertThat(secrets.signing("ada")).containsExactly("second", "first");
    webhooks
        .ledger()
        .asOwner
        .sql(
            "update public.generation_webhook_secrets set expires_at = now() - interval '1 s' where expires_at is not null")
        .update();
    assertThat(secrets.signing("ada")).containsExactly("second");
    assertThat(secrets.forgetExpired(10)).isOne();
    assertThat(secrets.signing("ada")).containsExactly("second");
  }

  /** A client that repeats a request must not take the secret away that its receiver has. */
  @Test
  void repeated_rotations_keep_what_signed_before() {
    secrets.rotate("ada", "1", OVERLAP);
    for (var i = 2; i <= 4; i++) {
      secrets.rotate("ada", String.valueOf(i), OVERLAP);
    }
    assertThat(secrets.signing("ada")).containsExactly("4", "3", "2", "1");

    for (var i = 5; i <= 9; i++) {
      secrets.rotate("ada", String.valueOf(i), OVERLAP);
    }
    assertThat(secrets.signing("ada")).containsExactly("9", "8", "7", "6", "5");
  }

  @Test
  void concurrent_rotations_all_count() throws Exception {
    secrets.currentOr("ada", "first");

    new Race<Boolean>()
        .add(
            3,
            () -> {
              secrets.rotate("ada", UUID.randomUUID().toString(), OVERLAP);
              return true;
            })
        .run();

    assertThat(secrets.signing("ada")).hasSize(4).contains("first");
  }

  @Test
  void deliveries_come_with_the_secrets_of_their_owner() {
    secrets.currentOr("ada", "first");
    secrets.rotate("ada", "second", OVERLAP);
    secrets.currentOr("bob", "other");
    webhooks.due("ada", TestingWebhooks.URL);

    assertThat(webhooks.reserve())
        .extracting(DueDelivery::secrets)
        .containsExactly(List.of("second", "first"));
  }
}
