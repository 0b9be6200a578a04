package dev.darkroom.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;

/** Packages and classes that a rule skips. The reason stands beside each name. */
record Exempt(Set<String> packages, Set<String> classes) {
  static final Exempt NONE = new Exempt(Set.of(), Set.of());

  static Exempt packages(String... patterns) {
    return new Exempt(Set.of(patterns), Set.of());
  }

  static Exempt classes(String... names) {
    return new Exempt(Set.of(), Set.of(names));
  }

  /** Nested classes are exempt with the class around them. */
  DescribedPredicate<JavaClass> isNot() {
    var inPackages = resideInAnyPackage(packages.toArray(String[]::new));
    return DescribedPredicate.describe(
        "are not exempt",
        candidate ->
            !inPackages.test(candidate)
                && !classes.contains(candidate.getName().replaceFirst("\\$.*", "")));
  }
}
