package dev.darkroom.benchmarks.stand;

import java.sql.SQLException;

/**
 * An API key, for a gateway that asks for one.
 *
 * @param text as it is sent
 */
public record OwnerKey(String text) {
  private static final String SECRET = "0".repeat(43);

  /**
   * Makes one that may submit.
   *
   * @param number of the owner
   * @param perSecond how many submissions; 0 for as many as by default
   */
  public static OwnerKey make(Database database, int number, int perSecond) throws SQLException {
    var id = "%012d".formatted(number);
    try (var connection = database.connect();
        var insert =
            connection.prepareStatement(
                """
                insert into public.generation_api_keys (key_id, secret_hash, owner, scopes, requests_per_second, created_by)
                values (?, sha256(convert_to(?, 'UTF8')), 'owner-' || ?, '{generate}', nullif(?, 0), 'benchmark')
                """)) {
      insert.setString(1, id);
      insert.setString(2, SECRET);
      insert.setString(3, String.valueOf(number));
      insert.setInt(4, perSecond);
      insert.executeUpdate();
    }
    return new OwnerKey("dk_%s_%s".formatted(id, SECRET));
  }
}
