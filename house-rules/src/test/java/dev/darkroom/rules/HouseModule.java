package dev.darkroom.rules;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.EnumSet;
import java.util.Set;

/** The modules that have production classes, and which others each may use. */
enum HouseModule {
  SHARED_MODEL("shared-model", "model"),
  JOB_LEDGER("job-ledger", "ledger"),
  JOB_MESSAGING("job-messaging", "messaging"),
  PICTURE_STORE("picture-store", "picture"),
  API_GATEWAY("api-gateway", "gateway"),
  GENERATION_WORKER("generation-worker", "worker"),
  NEBIUS_SIMULATOR("nebius-simulator", "simulator"),
  EMBEDDED_SERVERS("embedded-servers", "embedded"),
  TEST_SERVERS("test-servers", "testservers"),
  LOCAL_STACK("local-stack", "local"),
  BENCHMARKS("benchmarks", "benchmarks");

  private final String folder;
  private final String room;

  HouseModule(String folder, String room) {
    this.folder = folder;
    this.room = room;
  }

  /**
   * Gateway and worker meet on the topics and in the ledger only; what is for tests, nobody uses.
   */
  Set<HouseModule> mayUse() {
    return switch (this) {
      case SHARED_MODEL, NEBIUS_SIMULATOR, EMBEDDED_SERVERS -> Set.of();
      case JOB_LEDGER, PICTURE_STORE -> Set.of(SHARED_MODEL);
      case JOB_MESSAGING -> Set.of(SHARED_MODEL, JOB_LEDGER);
      case API_GATEWAY, GENERATION_WORKER ->
          Set.of(SHARED_MODEL, JOB_LEDGER, JOB_MESSAGING, PICTURE_STORE);
      case TEST_SERVERS -> Set.of(EMBEDDED_SERVERS);
      case LOCAL_STACK -> EnumSet.complementOf(EnumSet.of(TEST_SERVERS, LOCAL_STACK, BENCHMARKS));
      case BENCHMARKS -> Set.of(SHARED_MODEL, JOB_LEDGER, EMBEDDED_SERVERS, NEBIUS_SIMULATOR);
    };
  }

  String folder() {
    return folder;
  }

  /** Its package and all below. */
  String packages(String base) {
    return base + "." + room + "..";
  }

  ArchRule usesOnlyWhatItMay(String base) {
    var others = EnumSet.complementOf(EnumSet.of(this));
    others.removeAll(mayUse());
    return ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(packages(base))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            others.stream().map(other -> other.packages(base)).toArray(String[]::new))
        .as(folder + " uses no modules of ours but " + mayUse());
  }

  @Override
  public String toString() {
    return folder;
  }
}
