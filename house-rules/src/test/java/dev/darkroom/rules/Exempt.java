package dev.darkroom.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Classes that a rule lets be, named one by one with the reason beside. */
record Exempt(Set<String> classes, Set<String> packages) {
  static final Exempt NONE = new Exempt(Set.of(), Set.of());

  Exempt {
    classes = Set.copyOf(classes);
    packages = Set.copyOf(packages);
  }

  static Exempt classes(String... names) {
    return new Exempt(Set.of(names), Set.of());
  }

  static Exempt packages(String... patterns) {
    return new Exempt(Set.of(), Set.of(patterns));
  }

  Exempt and(Exempt others) {
    return new Exempt(union(classes, others.classes), union(packages, others.packages));
  }

  /** With what is nested in them. */
  DescribedPredicate<JavaClass> isNot() {
    var inPackages = resideInAnyPackage(packages.toArray(String[]::new));
    return DescribedPredicate.describe(
        "are not exempt",
        candidate ->
            !inPackages.test(candidate)
                && classes.stream()
                    .noneMatch(name ->
                        candidate.getName().equals(name)
                            || candidate.getName().startsWith(name + "$")));
  }

  /** Those that no longer do what they are exempt from, so that no list outlives its reasons. */
  List<String> stale(Function<Exempt, ArchRule> rule) {
    var stale =
        classes.stream().filter(name -> !HouseClasses.refuses(rule.apply(withoutClass(name))));
    var stalePackages =
        packages.stream().filter(name -> !HouseClasses.refuses(rule.apply(withoutPackage(name))));
    return Stream.concat(stale, stalePackages).sorted().toList();
  }

  private Exempt withoutClass(String name) {
    return new Exempt(without(classes, name), packages);
  }

  private Exempt withoutPackage(String name) {
    return new Exempt(classes, without(packages, name));
  }

  private static Set<String> without(Set<String> names, String name) {
    return names.stream().filter(one -> !one.equals(name)).collect(toUnmodifiableSet());
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    return Stream.concat(some.stream(), others.stream()).collect(toUnmodifiableSet());
  }
}
