package dev.darkroom.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/** Settings are validated records beside their user, under darkroom.*. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SettingsRulesTest {
  /** Their constructors validate; the module has no Bean Validation. */
  private static final Exempt VALIDATE_THEMSELVES = Exempt.packages("dev.darkroom.picture..");

  private static final ArchRule PRIVATE_RECORDS =
      classes()
          .that()
          .areAnnotatedWith(ConfigurationProperties.class)
          .should()
          .beRecords()
          .andShould()
          .bePackagePrivate()
          .andShould()
          .haveSimpleNameEndingWith("Settings");

  private static final ArchRule OURS =
      classes()
          .that()
          .areAnnotatedWith(ConfigurationProperties.class)
          .should(new HavePrefixOfOurs());

  @Test
  void settings_are_records_that_only_their_feature_sees() {
    PRIVATE_RECORDS.check(production());
  }

  @Test
  void settings_that_are_a_public_class_are_refused() {
    assertThat(complaintAbout("settings", PRIVATE_RECORDS))
        .contains("settings.Options> is no record", "settings.Options> has modifier PUBLIC")
        .doesNotContain("GoodSettings");
  }

  @Test
  void settings_are_validated() {
    validated(VALIDATE_THEMSELVES).check(production());
  }

  @Test
  void settings_that_nobody_validates_are_refused() {
    assertThat(complaintAbout("settings", validated(Exempt.NONE)))
        .contains("settings.Options> is not annotated with @Validated")
        .doesNotContain("GoodSettings");
  }

  @Test
  void settings_are_all_below_one_name() {
    OURS.check(production());
  }

  @Test
  void settings_below_another_name_are_refused() {
    assertThat(complaintAbout("settings", OURS))
        .contains("settings.Options has the prefix 'kafka.topics'")
        .doesNotContain("GoodSettings");
  }

  private static ArchRule validated(Exempt exempt) {
    return classes()
        .that()
        .areAnnotatedWith(ConfigurationProperties.class)
        .and(exempt.isNot())
        .should()
        .beAnnotatedWith(Validated.class);
  }

  private static final class HavePrefixOfOurs extends ArchCondition<JavaClass> {
    HavePrefixOfOurs() {
      super("have the prefix darkroom.*");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      var properties = type.getAnnotationOfType(ConfigurationProperties.class);
      var prefix = properties.prefix().isEmpty() ? properties.value() : properties.prefix();
      events.add(
          new SimpleConditionEvent(
              type,
              prefix.equals("darkroom") || prefix.startsWith("darkroom."),
              "%s has the prefix '%s'".formatted(type.getName(), prefix)));
    }
  }
}
