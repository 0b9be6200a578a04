package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found in files, for as long as they are the same files: a picture that is asked for
 * again is not read again to be hashed.
 */
final class KnownFiles {
  private static final int MOST = 10_000;

  private final Map<RequestId, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RequestId, Known> eldest) {
          return size() > MOST;
        }
      };

  private record Known(Stamp stamp, StoredPicture picture) {}

  /** By this a file that was replaced or damaged is told from the one it was. */
  private record Stamp(long bytes, FileTime modified, @Nullable Object key) {}

  /** Reads a picture's description from the file itself. */
  interface Describe {
    StoredPicture of(RequestId id, Path place) throws IOException;
  }

  StoredPicture describe(RequestId id, Path place, Describe describe) throws IOException {
    Stamp stamp = stamp(place);
    synchronized (known) {
      Known before = known.get(id);
      if (before != null && before.stamp().equals(stamp)) {
        return before.picture();
      }
    }
    StoredPicture picture = describe.of(id, place);
    synchronized (known) {
      known.put(id, new Known(stamp, picture));
    }
    return picture;
  }

  private static Stamp stamp(Path place) throws IOException {
    var file = Files.readAttributes(place, BasicFileAttributes.class);
    return new Stamp(file.size(), file.lastModifiedTime(), file.fileKey());
  }
}
