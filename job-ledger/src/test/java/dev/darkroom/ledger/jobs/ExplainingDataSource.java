package dev.darkroom.ledger.jobs;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Asks the server, before each statement, how it is going to execute it with these parameters. */
public final class ExplainingDataSource extends DelegatingDataSource {
  private final List<String> plans = new ArrayList<>();

  public ExplainingDataSource(DataSource watched) {
    super(watched);
  }

  /** The plan of the only statement since the last call. */
  public String plan() {
    var joined = String.join("\n", plans);
    plans.clear();
    return joined;
  }

  @Override
  public Connection getConnection() throws SQLException {
    var connection = super.getConnection();
    return proxy(
        Connection.class,
        (method, arguments) -> {
          var result = call(connection, method, arguments);
          return method.getName().equals("prepareStatement")
              ? explaining(
                  (PreparedStatement) result,
                  connection.prepareStatement("explain " + arguments[0]))
              : result;
        });
  }

  private PreparedStatement explaining(PreparedStatement statement, PreparedStatement explain) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            plans.add(read(explain));
          } else if (method.getName().startsWith("set")) {
            call(explain, method, arguments);
          }
          return call(statement, method, arguments);
        });
  }

  private static String read(PreparedStatement explain) throws SQLException {
    try (var rows = explain.executeQuery()) {
      var lines = new ArrayList<String>();
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
      return lines.stream().collect(Collectors.joining("\n"));
    }
  }

  private interface ProxiedCall {
    Object to(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, ProxiedCall answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> answer.to(method, arguments)));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
