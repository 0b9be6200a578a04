package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Lets pools open their connections through {@link LedgerConnections}. */
public final class PoolCustomizer implements BeanPostProcessor {
  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool
        && pool.getDataSource() == null
        && pool.getJdbcUrl() != null
        && !pool.isRunning()) {
      pool.setDataSource(LedgerConnections.of(pool));
    }
    return bean;
  }
}
