package dev.darkroom.system.chaos;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.cutBody;
import static dev.darkroom.simulator.Fault.hang;
import static dev.darkroom.simulator.Fault.hangAfterBilling;
import static dev.darkroom.simulator.Fault.htmlPage;
import static dev.darkroom.simulator.Fault.rubbish;
import static dev.darkroom.simulator.Fault.slow;

import dev.darkroom.simulator.Fault.Rubbish.Content;
import dev.darkroom.system.network.TcpProxy;
import dev.darkroom.system.stack.TestedApplication;
import dev.darkroom.system.stack.TestedSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * What can go wrong. A new fault is a new constant: it says what it does, for how long, and returns
 * what ends it. Its end must be certain: whatever it does, {@link Heal} takes back.
 */
public enum ChaosFault {
  KILL_WORKER(Recovery.WHILE_IT_LASTS, 3, 5) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return kill(one(system.workers(), dice));
    }
  },
  KILL_GATEWAY(Recovery.WHILE_IT_LASTS, 3, 5) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return kill(one(system.gateways(), dice));
    }
  },
  /** For longer than its lease, so that it wakes up to jobs that are somebody else's. */
  FREEZE_WORKER(Recovery.AFTERWARDS, 7, 10) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      var worker = one(system.workers(), dice).process();
      worker.freeze();
      return worker::thaw;
    }
  },
  RESTART_KAFKA(Recovery.AFTERWARDS, 1, 5) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      system.kafka().kill();
      return system.kafka()::start;
    }
  },
  RESTART_POSTGRES(Recovery.AFTERWARDS, 1, 5) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) throws IOException {
      system.postgres().kill();
      return system.postgres()::start;
    }
  },
  CUT_WORKER_FROM_KAFKA(Recovery.AFTERWARDS, 4, 8) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return cut(one(system.workers(), dice).toKafka());
    }
  },
  SILENCE_WORKER_TO_KAFKA(Recovery.AFTERWARDS, 4, 8) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return silence(one(system.workers(), dice).toKafka());
    }
  },
  CUT_WORKER_FROM_POSTGRES(Recovery.AFTERWARDS, 4, 9) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return cut(one(system.workers(), dice).toPostgres());
    }
  },
  SILENCE_WORKER_TO_POSTGRES(Recovery.AFTERWARDS, 4, 9) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return silence(one(system.workers(), dice).toPostgres());
    }
  },
  /** The worker's claims are carried out, and it does not hear which jobs it got. */
  HOLD_ANSWERS_TO_WORKER(Recovery.AFTERWARDS, 4, 12) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      var cable = one(system.workers(), dice).toPostgres();
      cable.holdAnswers();
      return cable::heal;
    }
  },
  /** A forgotten transaction: no row that dies meanwhile can be removed. */
  HOLD_SNAPSHOT(Recovery.AFTERWARDS, 20, 40) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) throws IOException {
      var postgres = system.postgres();
      try {
        var reader =
            DriverManager.getConnection(
                postgres.jdbcUrl(), postgres.username(), postgres.password());
        reader.setAutoCommit(false);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = reader.createStatement()) {
          statement.execute("select count(*) from public.generation_queue");
        }
        return () -> close(reader);
      } catch (SQLException e) {
        throw new IOException("the ledger gave no snapshot", e);
      }
    }
  },
  /** All connections to PostgreSQL break, and for a while there are no new ones. */
  RESTART_POOLER(Recovery.AFTERWARDS, 1, 5) {
    @Override
    boolean isPossibleIn(TestedSystem system) {
      return system.pooler().isPresent();
    }

    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      var pooler = system.pooler().orElseThrow();
      pooler.kill();
      return pooler::start;
    }
  },
  /**
   * Nothing new can be written to the picture store, and what it has can be read. A file lies where
   * the folder of drafts was, as root would not heed a folder's rights.
   */
  STORE_READ_ONLY(Recovery.AFTERWARDS, 4, 8) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) throws IOException {
      var drafts = system.folder().pictures().resolve(".drafts");
      var away = system.folder().pictures().resolve(".drafts-away");
      Files.move(drafts, away);
      Files.createFile(drafts);
      return () -> {
        Files.delete(drafts);
        Files.move(away, drafts);
      };
    }
  },
  /** One job in ten meets a firewall before the provider; the others are served. */
  NEBIUS_403_FIREWALL(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      var simulator = system.nebius().simulator();
      simulator.everyCall().whosePromptContains(dice.nextInt(10) + " of ").meet(htmlPage(403));
      return simulator::clearFaults;
    }
  },
  NEBIUS_DOWN(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      if (dice.nextBoolean()) {
        return cut(system.nebius().cable());
      }
      return everyCallMeets(system, answer(503));
    }
  },
  NEBIUS_SLOW(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return everyCallMeets(system, slow(Duration.ofMillis(500 + dice.nextInt(7_000))));
    }
  },
  NEBIUS_429(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      var wait = Duration.ofSeconds(1 + dice.nextInt(2));
      return everyCallMeets(system, answer(429).withRetryAfter(wait));
    }
  },
  NEBIUS_HANGS(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return everyCallMeets(system, dice.nextBoolean() ? hang() : hangAfterBilling());
    }
  },
  NEBIUS_CUTS_BODY(Recovery.AFTERWARDS, 2, 4) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return everyCallMeets(system, cutBody());
    }
  },
  NEBIUS_RUBBISH(Recovery.AFTERWARDS, 2, 4) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return everyCallMeets(system, rubbish(one(WITHOUT_PICTURE, dice)));
    }
  },
  NEBIUS_500(Recovery.AFTERWARDS, 2, 4) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) {
      return everyCallMeets(system, answer(500));
    }
  },
  /** An operator pauses all calls. */
  PAUSE(Recovery.AFTERWARDS, 3, 6) {
    @Override
    Heal begin(TestedSystem system, RandomGenerator dice) throws IOException {
      var gateway = one(system.gateways(), dice);
      gateway.post("/api/operations/pause");
      return () -> gateway.post("/api/operations/resume");
    }
  };

  /** When the system is expected to be well again. */
  enum Recovery {
    /** What is gone stays away, and the others take over: counted from the fault's beginning. */
    WHILE_IT_LASTS,
    /** Counted from the fault's end. */
    AFTERWARDS
  }

  /** {@code OTHER_FORMAT} is not among them: a PNG is a picture too, and is kept. */
  private static final List<Content> WITHOUT_PICTURE =
      List.of(
          Content.MALFORMED_JSON,
          Content.NO_PICTURES,
          Content.BROKEN_BASE64,
          Content.NOT_A_PICTURE,
          Content.TRUNCATED_PICTURE);

  private final Recovery recovery;
  private final int leastSeconds;
  private final int mostSeconds;

  ChaosFault(Recovery recovery, int leastSeconds, int mostSeconds) {
    this.recovery = recovery;
    this.leastSeconds = leastSeconds;
    this.mostSeconds = mostSeconds;
  }

  /** Makes it happen; it lasts until it is healed. */
  abstract Heal begin(TestedSystem system, RandomGenerator dice) throws IOException;

  boolean isPossibleIn(TestedSystem system) {
    return true;
  }

  /** Those that this system has the parts for. */
  static List<ChaosFault> possibleIn(TestedSystem system) {
    return Stream.of(values()).filter(fault -> fault.isPossibleIn(system)).toList();
  }

  Recovery recovery() {
    return recovery;
  }

  Duration drawLength(RandomGenerator dice) {
    return Duration.ofMillis(dice.nextLong(leastSeconds * 1_000L, mostSeconds * 1_000L));
  }

  /** In words. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Heal kill(TestedApplication application) {
    application.process().kill();
    return () -> {
      application.process().start();
      application.awaitReady();
    };
  }

  private static void close(Connection reader) throws IOException {
    try {
      reader.close();
    } catch (SQLException e) {
      throw new IOException("the snapshot could not be given up", e);
    }
  }

  private static Heal cut(TcpProxy cable) {
    cable.cut();
    return cable::heal;
  }

  private static Heal silence(TcpProxy cable) {
    cable.silence();
    return cable::heal;
  }

  private static Heal everyCallMeets(TestedSystem system, dev.darkroom.simulator.Fault fault) {
    system.nebius().simulator().everyCall().meet(fault);
    return system.nebius().simulator()::clearFaults;
  }

  private static <T> T one(List<T> some, RandomGenerator dice) {
    return some.get(dice.nextInt(some.size()));
  }
}
