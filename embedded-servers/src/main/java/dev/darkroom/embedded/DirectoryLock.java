package dev.darkroom.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second JVM out of a folder. The operating system drops the lock with the process, so the
 * file a killed JVM leaves behind stops nobody.
 */
final class DirectoryLock implements AutoCloseable {
  /**
   * Held by this JVM. On POSIX systems closing any channel to a file drops the process's locks on
   * it, so a folder that is held must not even be tried.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private DirectoryLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * @throws IOException if this or another JVM holds the folder
   */
  static DirectoryLock take(Path directory) throws IOException {
    Path folder = Files.createDirectories(directory).toRealPath();
    if (!HELD.add(folder)) {
      throw inUse(folder);
    }
    try {
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw inUse(folder);
      }
      return new DirectoryLock(folder, channel);
    } catch (IOException e) {
      HELD.remove(folder);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(folder);
    }
  }

  private static IOException inUse(Path folder) {
    return new IOException(folder + " is in use by another server or process");
  }
}
