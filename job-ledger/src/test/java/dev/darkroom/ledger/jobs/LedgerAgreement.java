package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What must be true of the tables at any moment, whatever has raced. */
final class LedgerAgreement {
  private LedgerAgreement() {}

  static void assertThatLogAndJobsAgree(TestingLedger ledger) {
    assertThat(jobsThatTheLogContradicts(ledger)).as("jobs that their log contradicts").isEmpty();
    assertThat(attemptsWithoutOneOutcome(ledger))
        .as("attempts that are over without an outcome, or have two")
        .isEmpty();
    assertThat(stepsAfterTheEnd(ledger)).as("steps after a job's end").isEmpty();
  }

  /** One acceptance, one intent for each attempt, one ending for each ended job. */
  private static List<String> jobsThatTheLogContradicts(TestingLedger ledger) {
    return ledger
        .asOwner
        .sql(
            """
            select job.request_id
            from (select request_id, status, finished_at, coalesce(attempt, attempts) as attempt, failures
                from public.generation_jobs left join public.generation_queue using (request_id)) job
              left join public.generation_logs log using (request_id)
            group by job.request_id, job.attempt, job.failures, job.finished_at, job.status
            having count(*) filter (where log.step = 'request_received') <> 1
              or count(*) filter (where log.step = 'calling_nebius_api') <> job.attempt
              or count(distinct log.details ->> 'attempt') filter (where log.step = 'calling_nebius_api') <> job.attempt
              or count(*) filter (where log.status in ('completed', 'failed'))
                <> case when job.finished_at is null then 0 else 1 end
              or max(log.status) filter (where log.status in ('completed', 'failed'))
                is distinct from case when job.finished_at is not null then job.status end
              or max(log.details ->> 'attempt') filter (where log.status = 'completed') <> job.attempt::text
              or count(*) filter (where (log.details ->> 'counts')::boolean) <> job.failures
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** An unknown outcome may become known later, by the call's own late report; nothing else may. */
  private static List<String> attemptsWithoutOneOutcome(TestingLedger ledger) {
    return ledger
        .asOwner
        .sql(
            """
            select job.request_id || ' attempt ' || number
            from (select request_id, coalesce(attempt, attempts) as attempt, state
                from public.generation_jobs left join public.generation_queue using (request_id)) job
            cross join generate_series(1, job.attempt) as number
            left join public.generation_logs log
              on log.request_id = job.request_id and log.details ->> 'attempt' = number::text
            group by job.request_id, job.attempt, job.state, number
            having count(*) filter (where log.step in ('attempt_failed', 'image_generated', 'nebius_api_error')) > 1
              or count(*) filter (where log.step = 'attempt_outcome_unknown') > 1
              or count(*) filter (where log.step in ('attempt_failed', 'attempt_outcome_unknown')) > 1
              or (number < job.attempt or job.state <> 'claimed')
                and count(*) filter (where log.step in
                  ('attempt_failed', 'attempt_outcome_unknown', 'image_generated', 'nebius_api_error')) = 0
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }

  private static List<String> stepsAfterTheEnd(TestingLedger ledger) {
    return ledger
        .asOwner
        .sql(
            """
            select request_id from public.generation_logs
            group by request_id
            having max(seq) filter (where status in ('completed', 'failed')) < max(seq)
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }
}
