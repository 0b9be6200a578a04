package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Tests are the specification. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TestsTest {
  private static final List<SourceFile> TESTS = SourceFile.all("src/test/java");

  @Test
  void every_test_reads_as_a_sentence_and_waits_for_a_sign() {
    assertThat(TESTS).hasSizeGreaterThan(50);
    assertThat(TESTS.stream().flatMap(file -> FindBadTests.in(file).stream())).isEmpty();
  }

  @Test
  void a_test_that_sleeps_mocks_and_mumbles_is_refused() {
    var bad =
        SourceFile.of(
            "JobSpec.java",
            """
            import static org.mockito.Mockito.mock;

            import org.junit.jupiter.api.Test;

            class JobSpec {
              @Test
              void testJob() throws Exception {
                Thread.sleep(100);
                TimeUnit.SECONDS.sleep(1);
              }
            }
            """);
    assertThat(FindBadTests.in(bad))
        .containsExactly(
            "JobSpec.java uses org.mockito.Mockito.mock",
            "JobSpec.java:5 JobSpec ends neither in Test nor in IT, so it never runs",
            "JobSpec.java:5 JobSpec has no @DisplayNameGeneration(ReplaceUnderscores.class)",
            "JobSpec.java:6 testJob is no sentence",
            "JobSpec.java:8 sleeps; await a sign instead",
            "JobSpec.java:9 sleeps; await a sign instead");
  }

  @Test
  void a_test_without_tests_is_refused() {
    assertThat(FindBadTests.in(SourceFile.of("JobTest.java", "class JobTest { void helps() {} }")))
        .containsExactly("JobTest.java:1 JobTest tests nothing");
  }

  @Test
  void a_test_that_reads_as_a_sentence_is_accepted() {
    var good =
        SourceFile.of(
            "JobTest.java",
            """
            @DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
            class JobTest {
              @Test
              void a_body_of_64_KiB_is_read() {}

              @Nested
              class WhereItHasEnded {
                @ParameterizedTest
                void it_is_never_claimed_again() {}
              }
            }
            """);
    assertThat(FindBadTests.in(good)).isEmpty();
  }
}
