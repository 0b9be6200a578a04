package dev.darkroom.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/**
 * Where PostgreSQL's programs are unpacked: once per user, and readable by that user only. The
 * library's own default is one folder in /tmp that anybody may write to, and the first user owns.
 */
final class PostgresBinaries implements AutoCloseable {
  private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

  private final Path directory;
  private final FileChannel lock;

  private PostgresBinaries(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Waits until nobody else unpacks, and clears away what a killed JVM unpacked by half: the
   * library never writes a file again that is already there.
   *
   * @param otherwise the folder to use where the user has no home that can be written to
   */
  static PostgresBinaries hold(Path otherwise) throws IOException {
    Path directory = privateFolder(otherwise);
    IN_THIS_JVM.lock();
    try {
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      var binaries = new PostgresBinaries(directory.resolve("unpacked"), channel);
      binaries.clearHalves();
      return binaries;
    } catch (IOException e) {
      IN_THIS_JVM.unlock();
      throw e;
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      IN_THIS_JVM.unlock();
    }
  }

  private static Path privateFolder(Path otherwise) throws IOException {
    Path home = Path.of(System.getProperty("user.home"), ".cache", "darkroom-postgres");
    try {
      return createPrivate(home);
    } catch (IOException e) {
      return createPrivate(otherwise.resolve("binaries"));
    }
  }

  private static Path createPrivate(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (!Files.isWritable(directory)) {
      throw new IOException(directory + " is not writable");
    }
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  private void clearHalves() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> halves;
    try (Stream<Path> unpacked = Files.list(directory)) {
      halves = unpacked.filter(path -> !Files.exists(path.resolve(".exists"))).toList();
    }
    for (Path half : halves) {
      FileUtils.deleteDirectory(half.toFile());
    }
  }
}
