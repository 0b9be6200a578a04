package dev.darkroom.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Which rooms know of the database, and which of Kafka. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TechnologyTest {
  private static final Exempt SPEAK_SQL =
      new Exempt(
          Set.of(
              "dev.darkroom.ledger..",
              "dev.darkroom.embedded..", // checks that the server answers
              "dev.darkroom.testservers..", // creates a database for each test class
              "dev.darkroom.benchmarks..", // compares with plain JDBC
              "dev.darkroom.gateway.http.."), // reads the SQLSTATE
          Set.of(
              "dev.darkroom.gateway.SchemaMigrator", // reads the SQLSTATE
              "dev.darkroom.gateway.extras.identity.KeyCommand")); // reads that a table is missing

  /** Its template sets the limits of a reader's statements, and asks nothing. */
  private static final Exempt MAKES_A_CLIENT =
      Exempt.classes("dev.darkroom.ledger.readers.ReadPool");

  private static final Exempt SPEAK_KAFKA =
      Exempt.packages(
          "dev.darkroom.messaging..",
          "dev.darkroom.gateway.dispatch..",
          "dev.darkroom.gateway.wait..",
          "dev.darkroom.worker.consume..",
          "dev.darkroom.embedded..",
          "dev.darkroom.benchmarks..");

  @Test
  void only_the_ledger_speaks_SQL() {
    speaksNoSql(SPEAK_SQL).check(production());
  }

  @Test
  void a_feature_that_speaks_SQL_past_the_ledger_is_refused() {
    assertThat(complaintAbout("technology", speaksNoSql(Exempt.NONE)))
        .contains("technology.AskDatabase", "JdbcClient")
        .doesNotContain("HearOutage"); // the ledger's exceptions may be caught anywhere
  }

  @Test
  void only_the_rooms_that_publish_or_take_records_speak_Kafka() {
    speaksNoKafka(SPEAK_KAFKA).check(production());
  }

  @Test
  void a_feature_that_speaks_Kafka_on_its_own_is_refused() {
    assertThat(complaintAbout("technology", speaksNoKafka(Exempt.NONE)))
        .contains("technology.ShoutOnKafka", "KafkaTemplate");
  }

  /** JdbcClient is the one way, so that a statement always stands whole beside its call. */
  @Test
  void the_ledger_speaks_SQL_in_one_way_only() {
    jdbcClientOnly(HouseModule.JOB_LEDGER.packages(HouseClasses.BASE), MAKES_A_CLIENT)
        .check(production());
  }

  @Test
  void a_ledger_with_a_second_way_to_speak_SQL_is_refused() {
    assertThat(
            complaintAbout(
                "technology", jdbcClientOnly(HouseClasses.fixture("technology"), Exempt.NONE)))
        .contains("technology.AskDatabase", "JdbcTemplate");
  }

  /** See docs/decisions/0030: virtual threads may deadlock on each other. */
  @Test
  void nothing_in_a_worker_runs_on_virtual_threads() {
    startsNoVirtualThreads(
            HouseModule.GENERATION_WORKER,
            HouseModule.JOB_LEDGER,
            HouseModule.JOB_MESSAGING,
            HouseModule.PICTURE_STORE)
        .check(production());
  }

  @Test
  void a_virtual_thread_is_refused() {
    assertThat(
            complaintAbout(
                "technology", startsNoVirtualThreads(HouseClasses.fixture("technology"))))
        .contains("technology.RunVirtually", "ofVirtual");
  }

  private static ArchRule speaksNoSql(Exempt exempt) {
    return noClasses()
        .that(exempt.isNot())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "org.springframework.jdbc..",
            "org.springframework.data..",
            "org.springframework.transaction.annotation..",
            "org.postgresql..",
            "org.flywaydb..",
            "com.zaxxer.hikari..",
            "jakarta.persistence..");
  }

  private static ArchRule speaksNoKafka(Exempt exempt) {
    return noClasses()
        .that(exempt.isNot())
        .should()
        .dependOnClassesThat(
            are(
                resideInAnyPackage(
                    "org.apache.kafka..", "org.springframework.kafka..", "kafka..")));
  }

  private static ArchRule startsNoVirtualThreads(HouseModule... modules) {
    return startsNoVirtualThreads(
        Stream.of(modules)
            .map(module -> module.packages(HouseClasses.BASE))
            .toArray(String[]::new));
  }

  private static ArchRule startsNoVirtualThreads(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .callMethod(Thread.class, "ofVirtual")
        .orShould()
        .callMethod(Thread.class, "startVirtualThread", Runnable.class)
        .orShould()
        .callMethod(Executors.class, "newVirtualThreadPerTaskExecutor");
  }

  private static ArchRule jdbcClientOnly(String packages, Exempt exempt) {
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .and(exempt.isNot())
        .should()
        .dependOnClassesThat(
            are(
                resideInAPackage("org.springframework.jdbc.core")
                    .or(
                        resideInAnyPackage(
                            "jakarta.persistence..", "org.springframework.data.."))));
  }
}
