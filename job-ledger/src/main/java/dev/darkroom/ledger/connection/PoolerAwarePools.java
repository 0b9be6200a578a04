package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Lets pools open their connections through {@link PoolerAwareDataSource}. */
public final class PoolerAwarePools implements BeanPostProcessor {
  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool
        && pool.getDataSource() == null
        && pool.getJdbcUrl() != null
        && !pool.isRunning()) {
      pool.setDataSource(PoolerAwareDataSource.of(pool));
    }
    return bean;
  }
}
