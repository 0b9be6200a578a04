package dev.darkroom.ledger.jobs;

import org.junit.jupiter.api.Test;

class ScratchIT {
  @Test
  void look() {
    var d = TestingDatabase.migrated();
    var c = d.client();
    c.sql("insert into public.generation_queue (request_id, user_id, state, deadline_at) select gen_random_uuid(), 'ada', 'dispatched', now() from generate_series(1, 3000)").update();
    c.sql("delete from public.generation_queue").update();
    c.sql("vacuum analyze public.generation_queue").update();
    c.sql("select relname, relpages, reltuples, pg_relation_size(oid) / 8192 as now, reloptions from pg_class where relname like '%generation_queue%'").query().listOfRows().forEach(System.out::println);
    c.sql("explain (generic_plan) select * from public.generation_queue where request_id = $1 for update").query(String.class).list().forEach(System.out::println);
    c.sql("explain (generic_plan) with a as (select * from unnest($1::uuid[]) as a (request_id) order by request_id limit cardinality($1::uuid[])), locked as materialized (select job.* from a cross join lateral (select * from public.generation_queue where request_id = a.request_id for update) job) update public.generation_queue job set enqueued_at = now() from locked where job.request_id = locked.request_id and locked.state = 'dispatched'").query(String.class).list().forEach(System.out::println);
  }
}
