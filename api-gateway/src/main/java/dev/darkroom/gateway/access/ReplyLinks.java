package dev.darkroom.gateway.access;

import dev.darkroom.gateway.http.ForwardedPrefix;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.RequestId;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The links in the reply to a request. What is stored is a path at the gateway; a reply puts the
 * prefix of the proxy before it, and a signature behind that of a picture or stream where access is
 * required.
 */
public final class ReplyLinks {
  /** As they are stored. */
  public static final ReplyLinks PLAIN = new ReplyLinks("", null);

  private static final String SIGNER = ReplyLinks.class.getName() + ".SIGNER";
  private static final String SIGNED = ReplyLinks.class.getName() + ".SIGNED";
  private static final String PICTURES = "/generated/";

  private final String prefix;
  private final @Nullable SignedLinks signer;

  private ReplyLinks(String prefix, @Nullable SignedLinks signer) {
    this.prefix = prefix;
    this.signer = signer;
  }

  public static ReplyLinks of(HttpServletRequest request) {
    var signer = request.getAttribute(SIGNER) instanceof SignedLinks links ? links : null;
    return new ReplyLinks(ForwardedPrefix.of(request), signer);
  }

  static void areSignedBy(SignedLinks signer, ServletRequest request) {
    request.setAttribute(SIGNER, signer);
  }

  static void isForSignedRequest(HttpServletRequest request) {
    request.setAttribute(SIGNED, true);
  }

  /** Whether the request follows a signed link. */
  public static boolean isSigned(HttpServletRequest request) {
    return request.getAttribute(SIGNED) != null;
  }

  /** Whether those of pictures and streams are signed, because access is required. */
  public boolean areSigned() {
    return signer != null;
  }

  /** When signed ones end. */
  public Optional<Instant> expiry() {
    return Optional.ofNullable(signer).map(SignedLinks::expiry);
  }

  /** To a path of the gateway. */
  public String to(String path) {
    return prefix + path;
  }

  /** To the stream of a job's steps. */
  public String toEvents(RequestId requestId) {
    return signed("/api/generate/" + requestId + "/events");
  }

  /**
   * To a picture.
   *
   * @param stored its path in the ledger. Rows of the service that Darkroom replaces may have a
   *     whole URL, which stays as it is
   */
  public @Nullable String toPicture(@Nullable String stored) {
    if (stored == null || !stored.startsWith("/")) {
      return stored;
    }
    return stored.startsWith(PICTURES) ? signed(stored) : to(stored);
  }

  /** A step with the link to its picture, if it has one. */
  public LogEntry in(LogEntry step) {
    return step.imageUrl() == null ? step : step.withImageUrl(toPicture(step.imageUrl()));
  }

  /** Whether a step is another one in this reply than in one without a prefix and signatures. */
  public boolean change(LogEntry step) {
    return step.imageUrl() != null && (signer != null || !prefix.isEmpty());
  }

  private String signed(String path) {
    return to(signer == null ? path : signer.sign(path));
  }
}
