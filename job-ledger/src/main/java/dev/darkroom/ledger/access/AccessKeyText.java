package dev.darkroom.ledger.access;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * An API key as its user has it: {@code dk_<id>_<secret>}. Only the hash of the secret is kept.
 *
 * @param id names the key and may be known
 * @param secret 32 random bytes
 */
public record AccessKeyText(String id, String secret) {
  /** By which a key is told from a token. */
  public static final String PREFIX = "dk_";

  private static final Pattern KEY =
      Pattern.compile(PREFIX + "([0-9A-Za-z]{12})_([0-9A-Za-z]{43})");
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  private static final int ID_DIGITS = 12;
  private static final int SECRET_BYTES = 32;

  /** As many as the largest number of so many bytes needs. */
  private static final int SECRET_DIGITS = 43;

  /** Empty for what is no key. */
  public static Optional<AccessKeyText> parse(String text) {
    var parts = KEY.matcher(text);
    return parts.matches()
        ? Optional.of(new AccessKeyText(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  /**
   * A new key.
   *
   * @param random must be one that nobody can predict
   */
  static AccessKeyText draw(RandomGenerator random) {
    var id = new StringBuilder(ID_DIGITS);
    for (var i = 0; i < ID_DIGITS; i++) {
      id.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    var bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return new AccessKeyText(id.toString(), base62(bytes));
  }

  private static String base62(byte[] bytes) {
    var digits = new StringBuilder(SECRET_DIGITS);
    var rest = new BigInteger(1, bytes);
    for (var i = 0; i < SECRET_DIGITS; i++) {
      var parts = rest.divideAndRemainder(BASE);
      digits.append(DIGITS.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    return digits.reverse().toString();
  }

  /** As its user has it. */
  public String text() {
    return PREFIX + id + "_" + secret;
  }

  /** SHA-256 of the secret, in hexadecimal digits. */
  String secretHash() {
    try {
      var hash = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(hash.digest(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** Whether the secret has this hash; takes as long for any other. */
  boolean hasHash(String hash) {
    return MessageDigest.isEqual(
        secretHash().getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  /** Without the secret: a key must not get into a log. */
  @Override
  public String toString() {
    return PREFIX + id + "_…";
  }
}
