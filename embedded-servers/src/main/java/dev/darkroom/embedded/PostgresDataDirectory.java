package dev.darkroom.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * One server's folder: {@code data} (PostgreSQL's own), {@code password}, {@code postgres.log},
 * {@code ready} and {@code lock}.
 */
record PostgresDataDirectory(Path path) {
  /** The binaries' major version; another one can't read this one's data directory. */
  private static final String MAJOR_VERSION = "18";

  Path data() {
    return path.resolve("data");
  }

  Path log() {
    return path.resolve("postgres.log");
  }

  /**
   * Makes the folder fit to start from: refuses data that this class did not make, and clears away
   * a data directory whose first start never finished; nobody was told about that one, so nothing
   * can be in it.
   */
  void prepare() throws IOException {
    if (Files.exists(data()) && !Files.exists(passwordFile())) {
      throw new IOException(data() + " is there but was not made here; choose another folder");
    }
    if (!Files.exists(ready())) {
      FileUtils.deleteDirectory(data().toFile());
    }
    Path version = data().resolve("PG_VERSION");
    if (Files.exists(version) && !Files.readString(version).strip().equals(MAJOR_VERSION)) {
      throw new IOException(
          "%s was written by PostgreSQL %s, and this is %s; move it away or choose another folder"
              .formatted(data(), Files.readString(version).strip(), MAJOR_VERSION));
    }
    if (Files.exists(log())) {
      Files.move(log(), path.resolve("postgres.previous.log"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  void markReady() throws IOException {
    if (!Files.exists(ready())) {
      Files.createFile(ready());
    }
  }

  /**
   * The superuser's password, drawn once. Without one every account of the machine could log in,
   * and a PostgreSQL superuser may run programs as the user who started the server.
   */
  String password() throws IOException {
    if (!Files.exists(passwordFile())) {
      var bytes = new byte[16];
      new SecureRandom().nextBytes(bytes);
      Path draft = path.resolve("password.draft");
      Files.deleteIfExists(draft);
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, HexFormat.of().formatHex(bytes));
      Files.move(draft, passwordFile(), StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(passwordFile()).strip();
  }

  Path passwordFile() {
    return path.resolve("password");
  }

  /** What PostgreSQL said last: why it did not start is only told there. */
  String lastWords() throws IOException {
    if (!Files.exists(log())) {
      return "(it said nothing)";
    }
    List<String> lines = new String(Files.readAllBytes(log()), UTF_8).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
  }

  private Path ready() {
    return path.resolve("ready");
  }
}
