package dev.darkroom.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A project of Supabase, as far as its tokens go: it signs them, and serves its public keys. */
public final class TestingIssuer implements AutoCloseable {
  private static final String PATH = "/auth/v1";
  private static final RSAKey RSA = rsa();

  private final HttpServer server;
  private final AtomicInteger questions = new AtomicInteger();
  private volatile ECKey current = elliptic();
  private volatile boolean up = true;

  private TestingIssuer(HttpServer server) {
    this.server = server;
  }

  public static TestingIssuer start() {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var issuer = new TestingIssuer(HttpServer.create(address, 0));
      issuer.serveKeys();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serveKeys() {
    server.createContext(
        PATH + "/.well-known/jwks.json",
        exchange -> {
          questions.incrementAndGet();
          var set = new JWKSet(current).toPublicJWKSet().toString();
          var both = set.replace("[", "[" + RSA.toPublicJWK().toJSONString() + ",");
          var bytes = (up ? both : "down").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(up ? 200 : 503, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  /** As {@code SUPABASE_URL} has it. */
  public String project() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public String issuer() {
    return project() + PATH;
  }

  public String keysUrl() {
    return issuer() + "/.well-known/jwks.json";
  }

  /** How often its keys were read. */
  public int questions() {
    return questions.get();
  }

  /** From now on it signs with another key, and serves that one instead. */
  public void rotate() {
    current = elliptic();
  }

  public void goDown() {
    up = false;
  }

  public void comeBack() {
    up = true;
  }

  /** What it says of a user who has signed in. */
  public JWTClaimsSet.Builder claims(String user) {
    var now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience("authenticated")
        .subject(user)
        .claim("role", "authenticated")
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(3600)));
  }

  public String token(String user) {
    return token(user, claims -> claims);
  }

  public String token(String user, UnaryOperator<JWTClaimsSet.Builder> change) {
    return sign(change.apply(claims(user)).build());
  }

  public String sign(JWTClaimsSet claims) {
    var key = current;
    try {
      return signed(claims, JWSAlgorithm.ES256, key.getKeyID(), new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public String signWithRsa(JWTClaimsSet claims) {
    try {
      return signed(claims, JWSAlgorithm.RS256, RSA.getKeyID(), new RSASSASigner(RSA));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** With what everybody knows, as if it were a secret. */
  public String signWithPublicKey(JWTClaimsSet claims) {
    try {
      var secret = RSA.toRSAPublicKey().getEncoded();
      return signed(claims, JWSAlgorithm.HS256, RSA.getKeyID(), new MACSigner(secret));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** With no signature at all. */
  public static String unsigned(JWTClaimsSet claims) {
    return new PlainJWT(claims).serialize();
  }

  private static String signed(
      JWTClaimsSet claims, JWSAlgorithm algorithm, String key, JWSSigner signer)
      throws JOSEException {
    var token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key).build(), claims);
    token.sign(signer);
    return token.serialize();
  }

  private static ECKey elliptic() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey rsa() {
    try {
      return new RSAKeyGenerator(2048).keyID("rsa").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
