package dev.darkroom.picture;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that holds the lock on a file until it is killed, or its parent is gone. */
final class HoldLock {
  private HoldLock() {}

  public static void main(String[] arguments) throws Exception {
    try (FileChannel file = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      System.out.print(lock.isValid() ? 'L' : '?');
      System.out.flush();
      while (System.in.read() >= 0) {
        // nothing is sent; the end of the stream is the end of the parent
      }
    }
  }
}
