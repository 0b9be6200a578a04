package dev.darkroom.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SignedLinksTest {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final Duration LIFE = Duration.ofHours(6);
  private static final String OLD = "an old secret, of at least 32 characters";
  private static final String NEW = "a new secret, of at least 32 characters";
  private static final RequestId JOB = new RequestId(UUID.randomUUID());
  private static final String PICTURE_OF_JOB = "/generated/%s.webp";
  private static final String EVENTS_OF_JOB = "/api/generate/%s/events";
  private static final String PICTURE = PICTURE_OF_JOB.formatted(JOB);
  private static final String EVENTS = EVENTS_OF_JOB.formatted(JOB);

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final SignedLinks links = signing(OLD);

  @ParameterizedTest
  @ValueSource(strings = {PICTURE_OF_JOB, EVENTS_OF_JOB})
  void who_follows_a_signed_link_may_read_that_job(String template) {
    var path = template.formatted(JOB);
    var caller = links.callerOf(get(links.sign(path)), _ -> Optional.of("ada")).orElseThrow();

    assertThat(caller.owner()).isEqualTo("ada");
    assertThat(caller.scopes()).isEqualTo(Set.of(Scope.READ));
    assertThat(caller.actor()).isEqualTo("link:" + JOB);
    var head = get(links.sign(path));
    head.setMethod("HEAD");
    assertThat(links.jobOf(head)).contains(JOB);
    assertThat(links.callerOf(get(links.sign(path)), _ -> Optional.empty())).isEmpty();
  }

  @Test
  void a_signature_is_of_one_path_alone() {
    var other = new RequestId(UUID.randomUUID());
    var query = query(links.sign(PICTURE));
    for (var path :
        List.of(
            EVENTS,
            "/generated/" + other + ".webp",
            "/generated/" + JOB + ".png",
            "/generated/" + JOB + ".webp/",
            "/api/generate/" + JOB,
            "/api/generate/" + other + "/events",
            "/api/logs",
            "/")) {
      assertThat(links.jobOf(get(path + "?" + query))).as(path).isEmpty();
    }
  }

  @Test
  void nothing_but_pictures_and_streams_can_be_had_by_a_signature() {
    for (var path :
        List.of("/api/generate/" + JOB, "/api/logs", "/api/generate/" + JOB + "/link")) {
      assertThat(links.jobOf(get(links.sign(path)))).as(path).isEmpty();
    }
    var delete = get(links.sign(PICTURE));
    delete.setMethod("DELETE");
    assertThat(links.jobOf(delete)).isEmpty();
  }

  @Test
  void a_link_holds_for_its_life_at_least_and_not_much_longer() {
    var link = get(links.sign(PICTURE));

    now.set(NOON.plus(LIFE));
    assertThat(links.jobOf(link)).contains(JOB);
    now.set(NOON.plus(LIFE).plus(LIFE.dividedBy(4)));
    assertThat(links.jobOf(link)).isEmpty();
    assertThat(links.jobOf(get(links.sign(PICTURE)))).contains(JOB);
  }

  @Test
  void a_picture_keeps_its_address_for_a_while_so_that_browsers_keep_the_picture() {
    var link = links.sign(PICTURE);
    now.set(NOON.plus(LIFE.dividedBy(5)));
    assertThat(links.sign(PICTURE)).isEqualTo(link);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "e=%1$s",
        "s=%2$s",
        "e=%1$s&s=",
        "e=%1$s&s=%2$sA",
        "e=%1$s&s=AAAA%2$s",
        "e=0%1$s&s=%2$s",
        "e=9%1$s&s=%2$s",
        "e=-1&s=%2$s",
        "e=x&s=%2$s",
        "e=99999999999999999999&s=%2$s",
        "e=%1$s&e=%1$s&s=%2$s",
        "e=%1$s&s=%2$s&s=%2$s"
      })
  void what_was_changed_is_no_signature(String template) {
    var signed = get(links.sign(PICTURE));
    var query = template.formatted(signed.getParameter("e"), signed.getParameter("s"));

    assertThat(links.jobOf(get(PICTURE + "?" + query))).isEmpty();
  }

  @Test
  void other_parameters_may_be_added() {
    assertThat(links.jobOf(get(links.sign(PICTURE) + "&download"))).contains(JOB);
    assertThat(links.jobOf(get(links.sign(EVENTS) + "&lastEventId=7"))).contains(JOB);
  }

  @Test
  void while_secrets_overlap_links_of_both_hold() {
    var older = links.sign(PICTURE);
    var overlapping = signing(NEW, OLD);
    var newer = overlapping.sign(PICTURE);

    assertThat(newer).isNotEqualTo(older);
    assertThat(overlapping.jobOf(get(older))).contains(JOB);
    assertThat(overlapping.jobOf(get(newer))).contains(JOB);
    assertThat(signing(NEW).jobOf(get(older))).isEmpty();
    assertThat(signing(NEW).jobOf(get(newer))).contains(JOB);
  }

  @Test
  void a_reply_has_signed_links_to_pictures_and_streams_only() {
    var request = get("/api/generate/" + JOB);
    ReplyLinks.areSignedBy(links, request);
    var reply = ReplyLinks.of(request);

    assertThat(links.jobOf(get(String.valueOf(reply.toPicture(PICTURE))))).contains(JOB);
    assertThat(links.jobOf(get(reply.toEvents(JOB)))).contains(JOB);
    assertThat(reply.to("/api/logs")).isEqualTo("/api/logs");
    assertThat(reply.toPicture("https://example.com/old.png"))
        .isEqualTo("https://example.com/old.png");
    assertThat(reply.toPicture(null)).isNull();
    assertThat(reply.expiry()).isPresent();
    assertThat(ReplyLinks.PLAIN.toPicture(PICTURE)).isEqualTo(PICTURE);
    assertThat(ReplyLinks.PLAIN.expiry()).isEmpty();
  }

  private SignedLinks signing(String... secrets) {
    InstantSource clock = now::get;
    return new SignedLinks(List.of(secrets), LIFE, clock);
  }

  private static MockHttpServletRequest get(String link) {
    var uri = URI.create(link);
    var request = new MockHttpServletRequest("GET", uri.getPath());
    request.setServletPath(uri.getPath());
    if (uri.getQuery() != null) {
      for (var parameter : uri.getQuery().split("&", -1)) {
        var parts = parameter.split("=", 2);
        request.addParameter(parts[0], parts.length == 1 ? "" : parts[1]);
      }
    }
    return request;
  }

  private static String query(String link) {
    return URI.create(link).getQuery();
  }
}
