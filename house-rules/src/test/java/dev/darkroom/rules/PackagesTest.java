package dev.darkroom.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.darkroom.rules.HouseClasses.BASE;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.fixture;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Rooms: each says what it is for, shows as little as it can, and none needs another that needs it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PackagesTest {
  private static final ArchRule NULL_MARKED =
      classes().should(new BeInNullMarkedPackage()).as("every package is @NullMarked");

  private static final ArchRule NO_CIRCLES =
      slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

  @Test
  void every_package_is_null_marked() {
    NULL_MARKED.check(production());
  }

  @Test
  void a_package_without_a_null_mark_is_refused() {
    assertThat(complaintAbout("unmarked", NULL_MARKED))
        .contains("dev.darkroom.rules.fixtures.unmarked has no package-info with @NullMarked");
  }

  @Test
  void no_package_needs_one_that_needs_it() {
    NO_CIRCLES.check(production());
  }

  @Test
  void a_circle_of_packages_is_refused() {
    assertThat(complaintAbout("circle", NO_CIRCLES))
        .contains("Cycle detected", "circle.hen", "circle.egg");
  }

  @Test
  void what_a_feature_shows_is_used_by_another() {
    showsOnlyWhatIsUsed(BASE + ".gateway.*..").check(production());
    showsOnlyWhatIsUsed(BASE + ".worker.*..").check(production());
  }

  @Test
  void a_public_class_that_only_its_own_feature_uses_is_refused() {
    assertThat(complaintAbout("doors", showsOnlyWhatIsUsed(fixture("doors.*.."))))
        .contains("doors.picture.Frame is public, and nothing outside its package uses it")
        .doesNotContain("doors.picture.Door ");
  }

  /** The classes in the packages themselves, not those nested in them. */
  private static ArchRule showsOnlyWhatIsUsed(String features) {
    return classes()
        .that()
        .resideInAPackage(features)
        .and()
        .areTopLevelClasses()
        .and()
        .haveModifier(JavaModifier.PUBLIC)
        .should(new BeUsedFromOutside());
  }

  private static final class BeInNullMarkedPackage extends ArchCondition<JavaClass> {
    BeInNullMarkedPackage() {
      super("be in a package marked with @NullMarked");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      var room = type.getPackage();
      events.add(
          new SimpleConditionEvent(
              type,
              room.isAnnotatedWith(NullMarked.class),
              room.getName() + " has no package-info with @NullMarked"));
    }
  }

  private static final class BeUsedFromOutside extends ArchCondition<JavaClass> {
    BeUsedFromOutside() {
      super("be used from outside their packages");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      var used =
          type.getDirectDependenciesToSelf().stream()
              .anyMatch(use -> !use.getOriginClass().getPackage().equals(type.getPackage()));
      events.add(
          new SimpleConditionEvent(
              type, used, type.getName() + " is public, and nothing outside its package uses it"));
    }
  }

  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
