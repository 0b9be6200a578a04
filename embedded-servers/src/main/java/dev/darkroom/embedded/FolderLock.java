package dev.darkroom.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second JVM out of a folder. The operating system drops the lock with the process, so the
 * file a killed JVM leaves behind stops nobody.
 */
final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws IOException if this or another JVM holds the folder
   */
  static FolderLock take(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new FolderLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // held in this JVM: the same answer as held in another
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(directory + " is in use by another process");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
