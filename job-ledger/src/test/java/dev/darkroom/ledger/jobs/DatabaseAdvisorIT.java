package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;

/**
 * What Supabase's database advisor would say of our schema; the numbers are those of its lints. It
 * also says of the log that signed-in users see it in their GraphQL schema (0027), as they should.
 *
 * @see <a href="https://supabase.com/docs/guides/database/database-advisors">the advisor</a>
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseAdvisorIT {
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final TestingDatabase ADVISED_AGAINST = advisedAgainst();

  private static TestingDatabase advisedAgainst() {
    var database = TestingDatabase.migrated();
    database.run(new ClassPathResource("advised-against.sql", DatabaseAdvisorIT.class));
    return database;
  }

  /** A lint, as a statement that finds what is wrong. */
  enum Lint {
    UNINDEXED_FOREIGN_KEYS_0001(
        """
        select conrelid::regclass || ' ' || conname from pg_constraint as reference
        where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
          select from pg_index where indrelid = conrelid
            and (indkey::smallint[])[0:cardinality(conkey) - 1] = conkey)
        """),
    AUTH_USERS_EXPOSED_0002(
        """
        select view.viewname from pg_views as view
        where schemaname = 'public' and definition ~ 'auth\\.users'
        """),
    AUTH_RLS_INITPLAN_0003(
        """
        select tablename || ' ' || policyname
        from pg_policies cross join unnest(array[qual, with_check]) as condition
        where schemaname = 'public' and (condition ~ 'auth\\.[a-z]+\\(' or condition ~ 'current_setting\\(')
          and lower(condition) !~ 'select (auth\\.[a-z]+|current_setting)\\('
        """),
    NO_PRIMARY_KEY_0004(
        """
        select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not exists (select from pg_index where indrelid = pg_class.oid and indisprimary)
        """),
    MULTIPLE_PERMISSIVE_POLICIES_0006(
        """
        select polrelid::regclass || ' ' || role::regrole || ' ' || command
        from pg_policy cross join unnest(polroles) as role
          cross join unnest(case polcmd when '*' then array['r', 'a', 'w', 'd'] else array[polcmd::text] end) as command
        where polpermissive
        group by polrelid, role, command having count(*) > 1
        """),
    POLICY_EXISTS_RLS_DISABLED_0007(
        """
        select polrelid::regclass::text from pg_policy join pg_class on pg_class.oid = polrelid
        where not relrowsecurity
        """),
    RLS_ENABLED_NO_POLICY_0008(
        """
        select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity
          and not exists (select from pg_policy where polrelid = pg_class.oid)
        """),
    DUPLICATE_INDEX_0009(
        """
        select min(indexrelid::regclass::text) from pg_index join pg_class on pg_class.oid = indexrelid
        where relnamespace = 'public'::regnamespace
        group by indrelid, indkey::text, indclass::text, indoption::text, pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid)
        having count(*) > 1
        """),
    SECURITY_DEFINER_VIEW_0010(
        """
        select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'v'
          and not coalesce(reloptions::text ~ 'security_invoker=(on|true|yes|1)', false)
        """),
    FUNCTION_SEARCH_PATH_MUTABLE_0011(
        """
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'public'::regnamespace and not coalesce(proconfig::text like '%search_path=%', false)
        """),
    RLS_DISABLED_IN_PUBLIC_0013(
        """
        select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
        """),
    EXTENSION_IN_PUBLIC_0014(
        """
        select extname::text from pg_extension where extnamespace = 'public'::regnamespace and extname <> 'plpgsql'
        """),
    RLS_REFERENCES_USER_METADATA_0015(
        """
        select policyname::text from pg_policies where concat(qual, with_check) like '%user_metadata%'
        """),
    MATERIALIZED_VIEW_OR_FOREIGN_TABLE_IN_API_0016_0017(
        """
        select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('m', 'f')
        """),
    RLS_POLICY_ALWAYS_TRUE_0024(
        """
        select tablename || ' ' || policyname from pg_policies
        where permissive = 'PERMISSIVE' and cmd <> 'SELECT' and roles && array['public', 'anon', 'authenticated']::name[]
          and 'true' in (qual, with_check)
        """),
    ANON_SEES_TABLE_IN_GRAPHQL_0026(
        """
        select oid::regclass::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'f')
          and has_any_column_privilege('anon', oid, 'select')
        """),
    SECURITY_DEFINER_FUNCTION_EXECUTABLE_0028_0029(
        """
        select pg_proc.oid::regprocedure::text from pg_proc
        where pronamespace = 'public'::regnamespace and prosecdef
          and (has_function_privilege('anon', pg_proc.oid, 'execute') or has_function_privilege('authenticated', pg_proc.oid, 'execute'))
        """);

    private final String statement;

    Lint(String statement) {
      this.statement = statement;
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_advisor_finds_nothing(Lint lint) {
    assertThat(DATABASE.client().sql(lint.statement).query(String.class).list()).isEmpty();
  }

  /** A statement that finds nothing may be one that finds nothing ever. */
  @ParameterizedTest
  @EnumSource
  void each_lint_finds_what_it_looks_for(Lint lint) {
    assertThat(ADVISED_AGAINST.client().sql(lint.statement).query(String.class).list())
        .isNotEmpty();
  }
}
