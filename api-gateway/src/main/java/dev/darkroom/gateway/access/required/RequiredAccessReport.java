package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.ledger.access.AccessKeyStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says at the start who may come in, and what to do where nobody can. */
@Component
@ConditionalOnProperty(name = "darkroom.access.mode", havingValue = "required")
final class RequiredAccessReport {
  private static final Logger log = LoggerFactory.getLogger(RequiredAccessReport.class);

  private final TokenSettings settings;
  private final AccessKeyStore keys;

  RequiredAccessReport(TokenSettings settings, AccessKeyStore keys) {
    this.settings = settings;
    this.keys = keys;
  }

  @EventListener(ApplicationReadyEvent.class)
  void report() {
    log.atInfo()
        .addKeyValue("issuer", settings.issuerName().orElse("none; only API keys are good"))
        .log("access is required");
    if (!isAnyKeyUsable()) {
      log.warn(
          "there is no API key; make the first one with: java -jar api-gateway.jar keys create"
              + " --owner=operator --scopes=generate,read,operate");
    }
  }

  /** Assumes so while the ledger is away. */
  private boolean isAnyKeyUsable() {
    try {
      return keys.isAnyUsable();
    } catch (RuntimeException e) {
      if (LedgerOutage.isBehind(e)) {
        return true;
      }
      throw e;
    }
  }
}
