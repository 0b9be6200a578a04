package dev.darkroom.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** The directory that outlives a run, locked by one stack at a time. */
final class StateDirectory implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;

  private StateDirectory(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Locks the directory, and empties it if a fresh start was requested. */
  static StateDirectory open(Path path, boolean fresh) throws IOException {
    var folder = path.toAbsolutePath().normalize();
    var lock = lockFile(folder);
    if (!isOurs(lock)) {
      lock.close();
      throw new StartupException(
          "another stack is using "
              + folder
              + "; stop it, or set darkroom.local.state to another folder");
    }
    var state = new StateDirectory(folder, lock);
    if (fresh) {
      // by name, so that a folder given by mistake loses nothing that is not ours
      for (var part : List.of(state.postgres(), state.kafka(), state.pictures())) {
        FileSystemUtils.deleteRecursively(part);
      }
    }
    state.keepPrivate();
    return state;
  }

  /**
   * Prompts and pictures are in there in clear text. A folder that holds other things as well was
   * maybe given by mistake, and keeps its rights.
   */
  private void keepPrivate() throws IOException {
    var ours = List.of(postgres(), kafka(), pictures(), folder.resolve("lock"));
    for (var part : List.of(postgres(), kafka(), pictures())) {
      Files.createDirectories(part);
      tighten(part, "rwx------");
    }
    tighten(folder.resolve("lock"), "rw-------");
    try (var there = Files.list(folder)) {
      if (there.allMatch(ours::contains)) {
        tighten(folder, "rwx------");
      }
    }
  }

  private static void tighten(Path path, String rights) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    } catch (IOException | UnsupportedOperationException e) {
      Console.progress(path + " is readable by other users of this machine: " + e);
    }
  }

  private static FileChannel lockFile(Path folder) {
    try {
      Files.createDirectories(folder);
      return FileChannel.open(
          folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StartupException(
          "darkroom.local.state must be a writable folder; %s is not: %s".formatted(folder, e), e);
    }
  }

  private static boolean isOurs(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path path() {
    return folder;
  }

  Path postgres() {
    return folder.resolve("postgres");
  }

  Path kafka() {
    return folder.resolve("kafka");
  }

  Path pictures() {
    return folder.resolve("pictures");
  }

  @Override
  public void close() throws IOException {
    lock.close(); // and with it the lock
  }
}
