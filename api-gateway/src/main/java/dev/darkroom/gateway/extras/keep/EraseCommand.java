package dev.darkroom.gateway.extras.keep;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.GatewayApplication;
import dev.darkroom.gateway.GatewayCommand;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.keep.Erasure.ErasedParty;
import dev.darkroom.ledger.keep.Erasure.ErasureStatus;
import dev.darkroom.ledger.keep.ErasureStore;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * {@code erase --user=ada [--owner=…] [--reason=…] [--dry-run]}: removes a user or an owner, also
 * where no gateway runs. Jobs in workers' hands are left to the gateways.
 */
final class EraseCommand implements GatewayCommand {
  private static final Logger log = LoggerFactory.getLogger(EraseCommand.class);
  private static final Set<String> OPTIONS = Set.of("user", "owner", "reason", "dry-run");
  private static final int BAD_USAGE = 2;

  /** No gateway: neither web server nor Kafka. */
  @EnableAutoConfiguration
  @Import({LedgerConfiguration.class, PictureStoreConfiguration.class})
  static final class EraseWiring {}

  @Override
  public String name() {
    return "erase";
  }

  @Override
  public int run(List<String> arguments) {
    try (var application = GatewayApplication.ofCommand(EraseWiring.class, arguments)) {
      return run(application, application.getBean(ApplicationArguments.class));
    }
  }

  private static int run(ApplicationContext application, ApplicationArguments arguments) {
    var user = option(arguments, "user");
    var owner = option(arguments, "owner");
    if ((user == null && owner == null)
        || !OPTIONS.containsAll(
            arguments.getOptionNames().stream().filter(name -> !name.contains(".")).toList())) {
      log.error("usage: erase --user=<id> [--owner=<id>] [--reason=<text>] [--dry-run]");
      return BAD_USAGE;
    }
    var party = new ErasedParty(owner, user);
    var erasures = application.getBean(ErasureStore.class);
    if (arguments.containsOption("dry-run")) {
      var count = erasures.count(party);
      log.atInfo()
          .addKeyValue("jobs", count.jobs())
          .addKeyValue("open", count.open())
          .addKeyValue("pictures", count.pictures())
          .addKeyValue("steps", count.steps())
          .log("dry run; nothing was erased");
      return 0;
    }
    var reason = option(arguments, "reason");
    erase(application, party, reason == null ? "By command." : reason);
    return 0;
  }

  private static void erase(ApplicationContext application, ErasedParty party, String reason) {
    var erasures = application.getBean(ErasureStore.class);
    var id = Generators.timeBasedEpochRandomGenerator().generate();
    erasures.begin(id, party, reason, AuditTrail.ofCommand(AuditAction.ERASE, "erasure:" + id));
    var runner =
        new ErasureRunner(
            erasures,
            application.getBean(OutcomeStore.class),
            application.getBean(PictureStore.class));
    var more = true;
    while (more) {
      more = runner.round();
    }
    if (erasures.find(id).filter(left -> left.status() == ErasureStatus.RUNNING).isPresent()) {
      log.atWarn()
          .addKeyValue("erasure", id)
          .log("jobs are in workers' hands; gateways go on with the erasure when these have ended");
    }
  }

  /** Null where it is absent or empty. */
  private static @Nullable String option(ApplicationArguments arguments, String name) {
    var values = arguments.getOptionValues(name);
    return values == null || values.isEmpty() || values.getFirst().isBlank()
        ? null
        : values.getFirst();
  }
}
