package dev.darkroom.gateway.extras.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.operate.OperationParser.OperationRequest;
import dev.darkroom.gateway.extras.operate.OperationParser.PauseRequest;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.IdempotencyKeyHeader;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.operate.Operation;
import dev.darkroom.ledger.operate.Operation.OperationAction;
import dev.darkroom.ledger.operate.OperationStore;
import dev.darkroom.ledger.operate.OperationStore.Beginning;
import dev.darkroom.ledger.operate.OperationStore.NewOperation;
import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.operate.PauseStore.Pause;
import dev.darkroom.ledger.operate.PauseStore.PauseScope;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Pauses and resumes, and changes many jobs at once. */
@RestController
class OperationController {
  private static final Logger log = LoggerFactory.getLogger(OperationController.class);
  private static final String PATH = "/api/operations/";
  private static final String TARGET = "operation:";
  private static final int SHOWN = 100;

  private final PauseStore pauseStore;
  private final OperationStore operationStore;
  private final HeavyReaders readers;
  private final OperationParser parser;
  private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

  OperationController(
      PauseStore pauseStore,
      OperationStore operationStore,
      HeavyReaders readers,
      ModelCatalog models) {
    this.pauseStore = pauseStore;
    this.operationStore = operationStore;
    this.readers = readers;
    this.parser = new OperationParser(models);
  }

  /** A pause in replies; neither user nor model where it concerns all. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PauseView(
      PauseScope scope,
      @Nullable String userId,
      @Nullable String model,
      String reason,
      Instant since) {
    static PauseView of(Pause pause) {
      return new PauseView(
          pause.scope(),
          pause.scope() == PauseScope.USER ? pause.name() : null,
          pause.scope() == PauseScope.MODEL ? pause.name() : null,
          pause.reason(),
          pause.since());
    }
  }

  /**
   * What is paused and what is under way.
   *
   * @param operations the latest, running or not
   */
  record OperationsView(List<PauseView> paused, List<Operation> operations) {}

  /** How many jobs an operation would change now. */
  record DryRun(OperationAction action, boolean dryRun, long matched) {}

  /** Whether there was a pause to end. */
  record Resumption(boolean resumed) {}

  @GetMapping("/api/operations")
  ResponseEntity<Object> list(HttpServletRequest request) {
    var visible = Caller.of(request).sees();
    return JsonReply.of(
        HttpStatus.OK,
        new OperationsView(
            pauseStore.list().stream()
                .filter(pause -> isShown(pause, visible))
                .map(PauseView::of)
                .toList(),
            operationStore.latest(visible, SHOWN)));
  }

  /** Users belong to owners; a pause of all, or of a model, concerns everybody. */
  private static boolean isShown(Pause pause, Visibility visible) {
    return pause.scope() != PauseScope.USER || visible.equals(Visibility.ALL);
  }

  @PostMapping("/api/operations/pause")
  ResponseEntity<Object> pause(HttpServletRequest request) {
    return parsed(request, parser::pause, asked -> pause(asked, request));
  }

  private ResponseEntity<Object> pause(PauseRequest asked, HttpServletRequest request) {
    var pause =
        pauseStore.pause(
            asked.scope(),
            asked.name(),
            asked.reason(),
            AuditTrail.of(request, AuditAction.PAUSE, target(asked), Map.of()));
    log.atWarn()
        .addKeyValue("scope", pause.scope().word())
        .addKeyValue("name", pause.name())
        .addKeyValue("reason", pause.reason())
        .log("paused; jobs wait until this is resumed");
    return JsonReply.of(HttpStatus.OK, PauseView.of(pause));
  }

  @PostMapping("/api/operations/resume")
  ResponseEntity<Object> resume(HttpServletRequest request) {
    return parsed(request, parser::pause, asked -> resume(asked, request));
  }

  private ResponseEntity<Object> resume(PauseRequest asked, HttpServletRequest request) {
    var resumed =
        pauseStore.resume(
            asked.scope(),
            asked.name(),
            AuditTrail.of(request, AuditAction.RESUME, target(asked), Map.of()));
    if (resumed) {
      log.atWarn()
          .addKeyValue("scope", asked.scope().word())
          .addKeyValue("name", asked.name())
          .log("resumed");
    }
    return JsonReply.of(HttpStatus.OK, new Resumption(resumed));
  }

  private static String target(PauseRequest asked) {
    return asked.scope() == PauseScope.ALL ? "all" : asked.scope().word() + ":" + asked.name();
  }

  @PostMapping("/api/operations")
  @Nullable ResponseEntity<Object> begin(HttpServletRequest request) throws IOException {
    return readers.page(
        request, () -> parsed(request, parser::operation, asked -> begin(asked, request)));
  }

  private ResponseEntity<Object> begin(OperationRequest asked, HttpServletRequest request) {
    var key = IdempotencyKeyHeader.of(request);
    if (!key.errors().isEmpty()) {
      return Problem.badFields(key.errors()).answer();
    }
    var visible = Caller.of(request).sees();
    var id = ids.generate();
    var matched = operationStore.count(asked.action(), asked.filter(), visible, id);
    if (asked.dryRun()) {
      return JsonReply.of(HttpStatus.OK, new DryRun(asked.action(), true, matched));
    }
    var wanted =
        new NewOperation(
            id,
            asked.action(),
            asked.filter(),
            visible,
            asked.reason(),
            key.key().orElse(null),
            matched);
    var entry =
        AuditTrail.of(
            request,
            AuditAction.OPERATION_BEGIN,
            TARGET + id,
            Map.of("change", asked.action().word(), "jobs", matched));
    return switch (operationStore.begin(wanted, entry)) {
      case Beginning.Begun(var operation) -> {
        log.atWarn()
            .addKeyValue("operation", id)
            .addKeyValue("action", operation.action().word())
            .addKeyValue("filter", operation.filter())
            .addKeyValue("jobs", matched)
            .log("operation begins");
        yield accepted(operation, request).body(operation);
      }
      case Beginning.Repeated(var first) ->
          accepted(first, request).header(IdempotencyKeyHeader.REPLAYED, "true").body(first);
      case Beginning.KeyTaken _ -> IdempotencyKeyHeader.reused().answer();
    };
  }

  private static ResponseEntity.BodyBuilder accepted(
      Operation operation, HttpServletRequest request) {
    return ResponseEntity.accepted()
        .location(URI.create(ReplyLinks.of(request).to(PATH + operation.id())))
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  @GetMapping("/api/operations/{operationId}")
  ResponseEntity<Object> show(@PathVariable String operationId, HttpServletRequest request) {
    return operation(operationId, request)
        .map(found -> JsonReply.of(HttpStatus.OK, found))
        .orElseGet(this::noSuch);
  }

  /** Stops it; what it has done stays. */
  @DeleteMapping("/api/operations/{operationId}")
  ResponseEntity<Object> cancel(@PathVariable String operationId, HttpServletRequest request) {
    operation(operationId, request)
        .ifPresent(running ->
            operationStore.cancel(
                running.id(),
                AuditTrail.of(
                    request, AuditAction.OPERATION_STOP, TARGET + running.id(), Map.of())));
    return show(operationId, request);
  }

  private Optional<Operation> operation(String id, HttpServletRequest request) {
    var visible = Caller.of(request).sees();
    return RequestId.parse(id).flatMap(parsed -> operationStore.find(parsed.value(), visible));
  }

  private ResponseEntity<Object> noSuch() {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "No such operation. The id is in the reply to POST /api/operations.")
        .answer();
  }

  private static <T> ResponseEntity<Object> parsed(
      HttpServletRequest request,
      Function<String, Parsed<T>> parse,
      Function<T, ResponseEntity<Object>> handle) {
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (parse.apply(text)) {
            case Parsed.BadFields<T>(var errors) -> Problem.badFields(errors).answer();
            case Parsed.Success<T>(var value) -> handle.apply(value);
          };
    };
  }
}
