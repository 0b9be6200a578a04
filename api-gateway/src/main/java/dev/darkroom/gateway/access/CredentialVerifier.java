package dev.darkroom.gateway.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Tells who a key or a token belongs to. There is such a bean where access is required. */
public interface CredentialVerifier {
  /** The cookie of pages, which holds what they signed in with. */
  String COOKIE = "darkroom_session";

  /**
   * What this request has in its header {@code Authorization}, or otherwise in its cookie; empty
   * where it has nothing, or something that is neither.
   */
  Optional<String> credentialOf(HttpServletRequest request);

  Identification identify(String credential);

  /** Asks the ledger anew about the key with this id, which has just been revoked. */
  void forget(String keyId);

  /** Where people sign in; empty where there are only keys. */
  Optional<SupabaseProject> supabase();

  /**
   * A project whose users may use the gateway.
   *
   * @param publicKey for its sign-in, by browsers
   */
  record SupabaseProject(String url, String publicKey) {}
}
