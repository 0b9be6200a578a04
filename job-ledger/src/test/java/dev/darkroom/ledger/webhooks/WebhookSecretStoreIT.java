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
  private static final WebhookOwner ADA = new WebhookOwner("", "ada");
  private static final WebhookOwner BOB = new WebhookOwner("", "bob");
  private static final Duration OVERLAP = Duration.ofHours(24);

  private final TestingWebhooks webhooks = TestingWebhooks.empty();
  private final WebhookSecretStore secrets =
      new WebhookSecretStore(webhooks.ledger().asApplication);

  @Test
  void an_owner_has_one_secret_from_the_first_question_on() {
    assertThat(secrets.signing(ADA)).isEmpty();
    assertThat(secrets.currentOr(ADA, "first")).isEqualTo("first");
    assertThat(secrets.currentOr(ADA, "second")).isEqualTo("first");
    assertThat(secrets.currentOr(BOB, "other")).isEqualTo("other");
    assertThat(secrets.signing(ADA)).containsExactly("first");
  }

  @Test
  void two_owners_with_the_same_label_have_secrets_of_their_own() {
    var other = new WebhookOwner("other", "ada");
    secrets.currentOr(ADA, "first");
    secrets.currentOr(other, "second");
    secrets.rotate(other, "third", OVERLAP);

    assertThat(secrets.signing(ADA)).containsExactly("first");
    assertThat(secrets.signing(other)).containsExactly("third", "second");
  }

  @Test
  void all_who_ask_first_at_the_same_moment_get_the_same() throws Exception {
    var answers =
        new Race<String>()
            .add(20, () -> secrets.currentOr(ADA, UUID.randomUUID().toString()))
            .run();

    assertThat(answers).hasSize(20).containsOnly(answers.getFirst());
  }

  @Test
  void a_rotated_secret_signs_beside_the_new_one_until_its_time_is_over() {
    secrets.currentOr(ADA, "first");

    secrets.rotate(ADA, "second", OVERLAP);

    assertThat(secrets.currentOr(ADA, "none")).isEqualTo("second");
    assertThat(secrets.signing(ADA)).containsExactly("second", "first");
    webhooks
        .ledger()
        .asOwner
        .sql(
            "update public.generation_webhook_secrets set expires_at = now() - interval '1 s' where"
                + " expires_at is not null")
        .update();
    assertThat(secrets.signing(ADA)).containsExactly("second");
    assertThat(secrets.forgetExpired(10)).isOne();
    assertThat(secrets.signing(ADA)).containsExactly("second");
  }

  /** A client that repeats a request must not take the secret away that its receiver has. */
  @Test
  void repeated_rotations_keep_what_signed_before() {
    secrets.rotate(ADA, "1", OVERLAP);
    for (var i = 2; i <= 4; i++) {
      secrets.rotate(ADA, String.valueOf(i), OVERLAP);
    }
    assertThat(secrets.signing(ADA)).containsExactly("4", "3", "2", "1");

    for (var i = 5; i <= 9; i++) {
      secrets.rotate(ADA, String.valueOf(i), OVERLAP);
    }
    assertThat(secrets.signing(ADA)).containsExactly("9", "8", "7", "6", "5");
  }

  @Test
  void concurrent_rotations_all_count() throws Exception {
    secrets.currentOr(ADA, "first");

    new Race<Boolean>()
        .add(
            3,
            () -> {
              secrets.rotate(ADA, UUID.randomUUID().toString(), OVERLAP);
              return true;
            })
        .run();

    assertThat(secrets.signing(ADA)).hasSize(4).contains("first");
  }

  @Test
  void deliveries_come_with_the_secrets_of_their_owner() {
    secrets.currentOr(ADA, "first");
    secrets.rotate(ADA, "second", OVERLAP);
    secrets.currentOr(BOB, "other");
    webhooks.due("ada", TestingWebhooks.URL);

    assertThat(webhooks.reserve())
        .extracting(DueDelivery::secrets)
        .containsExactly(List.of("second", "first"));
  }
}
