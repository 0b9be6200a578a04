package dev.darkroom.ledger.webhooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The secrets that an owner's deliveries are signed with. */
public final class WebhookSecretStore {
  /** Each further one lengthens the header of every delivery. */
  private static final int MOST_EARLIER = 4;

  private static final int RETRIES = 3;

  private final JdbcClient database;

  public WebhookSecretStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * The owner's current secret.
   *
   * @param fresh becomes the first one where there is none
   */
  public String currentOr(String userId, String fresh) {
    return current(userId)
        .or(() -> {
          begin(userId, fresh);
          return current(userId); // another gateway may have been quicker
        })
        .orElseThrow();
  }

  private Optional<String> current(String userId) {
    return database
        .sql(
            """
            select secret from public.generation_webhook_secrets
            where user_id = :user and expires_at is null
            """)
        .param("user", userId)
        .query(String.class)
        .optional();
  }

  private void begin(String userId, String fresh) {
    database
        .sql(
            """
            insert into public.generation_webhook_secrets (user_id, secret) values (:user, :fresh)
            on conflict (user_id) where expires_at is null do nothing
            """)
        .param("user", userId)
        .param("fresh", fresh)
        .update();
  }

  /** Those that sign now, the current one first; none before the first question for it. */
  public List<String> signing(String userId) {
    return database
        .sql(
            """
            select secret from public.generation_webhook_secrets
            where user_id = :user and (expires_at is null or expires_at > now())
            order by expires_at is null desc, secret_id desc
            """)
        .param("user", userId)
        .query((row, _) -> row.getString("secret"))
        .list();
  }

  /**
   * Makes this one the current secret. The one before signs beside it for as long as {@code
   * overlap}, and so do those before that, up to four in all: a rotation that is repeated by
   * mistake takes nothing away.
   */
  public void rotate(String userId, String fresh, Duration overlap) {
    for (var retries = RETRIES; ; retries--) {
      try {
        tryToRotate(userId, fresh, overlap);
        return;
      } catch (DuplicateKeyException e) { // a concurrent rotation was quicker
        if (retries == 0) {
          throw e;
        }
      }
    }
  }

  private void tryToRotate(String userId, String fresh, Duration overlap) {
    database
        .sql(
            """
            with before as (
              update public.generation_webhook_secrets
              set expires_at = clock_timestamp() + :overlap * interval '1 millisecond'
              where user_id = :user and expires_at is null
              returning secret_id),
            forgotten as (
              delete from public.generation_webhook_secrets
              where user_id = :user and expires_at is not null
                and (expires_at < now() or secret_id not in (
                  select secret_id from public.generation_webhook_secrets
                  where user_id = :user order by secret_id desc limit :most)))
            insert into public.generation_webhook_secrets (user_id, secret)
            select :user, :fresh from (select count(*) from before) as ended
            """)
        .param("user", userId)
        .param("fresh", fresh)
        .param("overlap", overlap.toMillis())
        .param("most", MOST_EARLIER)
        .update();
  }

  /**
   * Deletes secrets that sign nothing any more.
   *
   * @return how many; as many as the limit where there may be more
   */
  public int forgetExpired(int limit) {
    return database
        .sql(
            """
            with expired as (
              select secret_id from public.generation_webhook_secrets
              where expires_at < now()
              order by secret_id limit :limit
              for update skip locked)
            delete from public.generation_webhook_secrets as known
            using expired where known.secret_id = expired.secret_id
            """)
        .param("limit", limit)
        .update();
  }
}
