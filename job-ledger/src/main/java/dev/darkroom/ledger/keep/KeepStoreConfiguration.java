package dev.darkroom.ledger.keep;

import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.LedgerJson;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The stores of retention, erasure and audit as beans. */
@Configuration(proxyBeanMethods = false)
public class KeepStoreConfiguration {
  @Bean
  AuditStore auditStore(JdbcClient database, ReadPools readers, LedgerJson json) {
    return new AuditStore(database, readers.searches(), json);
  }

  @Bean
  EndedJobStore endedJobStore(JdbcClient database) {
    return new EndedJobStore(database);
  }

  @Bean
  ErasureStore erasureStore(JdbcClient database, ReadPools readers) {
    return new ErasureStore(database, readers.searches());
  }
}
