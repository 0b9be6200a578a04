package dev.darkroom.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

/** The classes that the rules run over: all of production, or a fixture that a rule must refuse. */
final class HouseClasses {
  static final String BASE = "dev.darkroom";

  private static final String FIXTURES = "dev.darkroom.rules.fixtures.";

  private HouseClasses() {}

  static JavaClasses production() {
    return Imported.PRODUCTION;
  }

  static String fixture(String name) {
    return FIXTURES + name;
  }

  /** What the rule says about the fixture; blank where it finds nothing wrong. */
  static String complaintAbout(String fixture, ArchRule rule) {
    var bad = new ClassFileImporter().importPackages(fixture(fixture));
    var result = rule.evaluate(bad);
    return result.hasViolation() ? result.getFailureReport().toString() : "";
  }

  static boolean refuses(ArchRule rule) {
    return rule.evaluate(production()).hasViolation();
  }

  /** Read once, when the first rule asks. */
  private static final class Imported {
    static final JavaClasses PRODUCTION =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);
  }
}
