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
  public String currentOr(WebhookOwner owner, String fresh) {
    return current(owner)
        .or(() -> {
          begin(owner, fresh);
          return current(owner); // another gateway may have been quicker
        })
        .orElseThrow();
  }

  private Optional<String> current(WebhookOwner owner) {
    return database
        .sql(
            """
            select secret from public.generation_webhook_secrets
            where owner = :owner and user_id = :user and expires_at is null
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .query(String.class)
        .optional();
  }

  private void begin(WebhookOwner owner, String fresh) {
    database
        .sql(
            """
            insert into public.generation_webhook_secrets (owner, user_id, secret) values (:owner, :user, :fresh)
            on conflict (owner, user_id) where expires_at is null do nothing
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .param("fresh", fresh)
        .update();
  }

  /** Those that sign now, the current one first; none before the first question for it. */
  public List<String> signing(WebhookOwner owner) {
    return database
        .sql(
            """
            select secret from public.generation_webhook_secrets
            where owner = :owner and user_id = :user and (expires_at is null or expires_at > now())
            order by expires_at is null desc, secret_id desc
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .query((row, _) -> row.getString("secret"))
        .list();
  }

  /**
   * Makes this one the current secret. The one before signs beside it for as long as {@code
   * overlap}, and so do those before that, up to four in all: a rotation that is repeated by
   * mistake takes nothing away.
   */
  public void rotate(WebhookOwner owner, String fresh, Duration overlap) {
    for (var retries = RETRIES; ; retries--) {
      try {
        tryToRotate(owner, fresh, overlap);
        return;
      } catch (DuplicateKeyException e) { // a concurrent rotation was quicker
        if (retries == 0) {
          throw e;
        }
      }
    }
  }

  private void tryToRotate(WebhookOwner owner, String fresh, Duration overlap) {
    database
        .sql(
            """
            with before as (
              update public.generation_webhook_secrets
              set expires_at = clock_timestamp() + :overlap * interval '1 millisecond'
              where owner = :owner and user_id = :user and expires_at is null
              returning secret_id),
            forgotten as (
              delete from public.generation_webhook_secrets
              where owner = :owner and user_id = :user and expires_at is not null
                and (expires_at < now() or secret_id not in (
                  select secret_id from public.generation_webhook_secrets
                  where owner = :owner and user_id = :user order by secret_id desc limit :most)))
            insert into public.generation_webhook_secrets (owner, user_id, secret)
            select :owner, :user, :fresh from (select count(*) from before) as ended
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
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
