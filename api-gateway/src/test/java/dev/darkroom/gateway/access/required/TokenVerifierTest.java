package dev.darkroom.gateway.access.required;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.Identification.Known;
import dev.darkroom.gateway.access.Identification.Undecided;
import dev.darkroom.gateway.access.Identification.Unrecognized;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.access.TestingIssuer;
import dev.darkroom.gateway.access.required.IssuerKeys.KeyAges;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TokenVerifierTest {
  private final TestingIssuer issuer = TestingIssuer.start();
  private final TokenVerifier verifier = verifier(KeyAges.DEFAULTS);

  @AfterEach
  void stop() {
    verifier.close();
    issuer.close();
  }

  private TokenVerifier verifier(KeyAges ages) {
    return new TokenVerifier(
        new IssuerKeys(issuer.keysUrl(), ages),
        issuer.issuer(),
        "authenticated",
        Clock.systemUTC());
  }

  @Test
  void a_user_submits_and_reads_under_the_subject_of_the_token() {
    assertThat(verifier.identify(issuer.token("ada")))
        .isInstanceOfSatisfying(
            Known.class,
            known -> {
              assertThat(known.caller().owner()).isEqualTo("ada");
              assertThat(known.caller().actor()).isEqualTo("user:ada");
              assertThat(known.caller().scopes())
                  .containsExactlyInAnyOrder(Scope.GENERATE, Scope.READ);
              assertThat(known.until()).isAfter(Instant.now());
            });
    assertThat(verifier.identify(issuer.signWithRsa(issuer.claims("bob").build())))
        .isInstanceOf(Known.class);
  }

  @Test
  void the_service_role_is_an_operator_without_a_subject() {
    var token = issuer.token("", claims -> claims.subject(null).claim("role", "service_role"));

    assertThat(verifier.identify(token))
        .isInstanceOfSatisfying(
            Known.class,
            known -> assertThat(known.caller().scopes()).containsExactlyInAnyOrder(Scope.values()));
  }

  @Test
  void anon_and_a_token_of_no_user_are_nobody() {
    assertRefused(issuer.token("ada", claims -> claims.claim("role", "anon")), "no user");
    assertRefused(issuer.token("", claims -> claims.subject(null)), "no user");
    assertRefused(issuer.token(" "), "no user");
    assertRefused(issuer.token("a".repeat(129)), "no user");
  }

  /** Everybody can change their own user_metadata in Supabase. */
  @Test
  void what_a_user_can_write_into_a_token_gives_no_rights() {
    var token =
        issuer.token(
            "eve",
            claims -> claims.claim("user_metadata", Map.of("role", "service_role", "sub", "ada")));

    assertThat(verifier.identify(token))
        .isInstanceOfSatisfying(
            Known.class,
            known -> {
              assertThat(known.caller().owner()).isEqualTo("eve");
              assertThat(known.caller().scopes()).doesNotContain(Scope.OPERATE);
            });
  }

  @Test
  void half_a_minute_of_difference_between_clocks_is_tolerated_and_no_more() {
    assertThat(verifier.identify(expiring(-20))).isInstanceOf(Known.class);
    assertRefused(expiring(-40), "xpired");
    assertThat(verifier.identify(issued(20))).isInstanceOf(Known.class);
    assertRefused(issued(60), "iat");
    assertRefused(issuer.token("ada", claims -> claims.expirationTime(null)), "exp");
  }

  private String expiring(int seconds) {
    return issuer.token("ada", claims -> claims.issueTime(at(-3600)).expirationTime(at(seconds)));
  }

  private String issued(int seconds) {
    return issuer.token("ada", claims -> claims.issueTime(at(seconds)));
  }

  private static Date at(int seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  /** The signature was checked and is remembered; that must not prolong it. */
  @Test
  void a_token_that_was_good_expires() {
    var token = issuer.token("ada", claims -> claims.expirationTime(at(60)));
    var clock = new SettableClock();
    var moving =
        new TokenVerifier(
            new IssuerKeys(issuer.keysUrl(), KeyAges.DEFAULTS),
            issuer.issuer(),
            "authenticated",
            clock);
    assertThat(moving.identify(token)).isInstanceOf(Known.class);

    clock.advance(Duration.ofSeconds(91));

    assertThat(moving.identify(token)).isInstanceOf(Unrecognized.class);
    moving.close();
  }

  @Test
  void tokens_for_others_by_others_and_without_a_good_signature_are_refused() {
    assertRefused(issuer.token("ada", claims -> claims.audience("other")), "aud");
    assertRefused(issuer.token("ada", claims -> claims.audience((String) null)), "aud");
    assertRefused(issuer.token("ada", claims -> claims.issuer("https://other.example")), "iss");
    var claims = issuer.claims("ada").build();
    assertRefused(TestingIssuer.unsigned(claims), "not valid");
    assertRefused(issuer.signWithPublicKey(claims), "not valid");
    assertRefused("a.b.c", "not valid");
    assertRefused("nonsense", "not valid");
    var signature = issuer.sign(claims);
    assertRefused(signature.substring(0, signature.length() - 8) + "AAAAAAAA", "not valid");
    try (var other = TestingIssuer.start()) {
      assertRefused(other.sign(claims), "not valid");
    }
  }

  @Test
  void a_rotated_key_is_found_without_a_restart_and_the_old_one_is_forgotten() {
    assertThat(verifier.identify(issuer.token("ada"))).isInstanceOf(Known.class);
    var old = issuer.sign(issuer.claims("late").build());

    issuer.rotate();

    assertThat(verifier.identify(issuer.token("ada"))).isInstanceOf(Known.class);
    assertRefused(old, "not valid");
  }

  @Test
  void tokens_with_invented_keys_do_not_make_it_read_the_keys_each_time() {
    assertThat(verifier.identify(issuer.token("ada"))).isInstanceOf(Known.class);
    try (var other = TestingIssuer.start()) {
      for (var i = 0; i < 50; i++) {
        other.rotate();
        assertRefused(other.sign(issuer.claims("eve").build()), "not valid");
      }
    }
    assertThat(issuer.questions()).isLessThanOrEqualTo(3);
  }

  @Test
  void an_outage_of_the_keys_is_survived_with_those_known() {
    var ages =
        new KeyAges(
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(50),
            Duration.ofHours(1));
    try (var brief = verifier(ages)) {
      assertThat(brief.identify(issuer.token("ada"))).isInstanceOf(Known.class);
      issuer.goDown();
      var before = issuer.questions();

      await() // until they were too old several times
          .until(() -> {
            assertThat(brief.identify(issuer.token("ada"))).isInstanceOf(Known.class);
            return issuer.questions() > before + 3;
          });
    }
  }

  @Test
  void before_the_keys_were_ever_read_nobody_is_called_unauthenticated() {
    issuer.goDown();

    var undecided = verifier.identify(issuer.token("ada"));

    assertThat(undecided)
        .isInstanceOfSatisfying(
            Undecided.class,
            one -> {
              var reply = one.problem().answer();
              assertThat(reply.getStatusCode().value()).isEqualTo(503);
              assertThat(reply.getHeaders().getFirst("Retry-After")).isEqualTo("5");
            });
  }

  private void assertRefused(String token, String reason) {
    assertThat(verifier.identify(token))
        .isInstanceOfSatisfying(
            Identification.Unrecognized.class,
            refused -> assertThat(refused.reason()).contains(reason));
  }
}
