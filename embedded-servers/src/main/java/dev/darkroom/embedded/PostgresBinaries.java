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
      return new PostgresBinaries(directory.resolve("unpacked"), channel).lockAndClear();
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
    // Java calls the home of a user without one "?", which must not become a folder here.
    Path home = Path.of(System.getProperty("user.home"));
    if (home.isAbsolute()) {
      try {
        return createPrivate(home.resolve(".cache/darkroom-postgres"));
      } catch (IOException e) {
        // a home that can't be written to is as good as none
      }
    }
    return createPrivate(otherwise.resolve("binaries"));
  }

  private static Path createPrivate(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (!Files.isWritable(directory)) {
      throw new IOException(directory + " is not writable");
    }
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  private PostgresBinaries lockAndClear() throws IOException {
    try {
      lock.lock();
      clearHalves();
      return this;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
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
