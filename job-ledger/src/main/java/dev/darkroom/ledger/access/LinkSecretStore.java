package dev.darkroom.ledger.access;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The secret that signs links, where operators have set none. */
public final class LinkSecretStore {
  private final JdbcClient database;

  public LinkSecretStore(JdbcClient database) {
    this.database = database;
  }

  /** The same for all gateways of a ledger: 64 hexadecimal digits. */
  public String secret() {
    return database
        .sql("select value from public.generation_link_secret")
        .query(String.class)
        .single();
  }
}
