package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers descriptions of unchanged files, so that a file is hashed once, not on each read. */
final class DescriptionCache {
  private static final int MAX_ENTRIES = 10_000;

  private final Map<RequestId, CachedDescription> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RequestId, CachedDescription> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  private record CachedDescription(FileStamp stamp, StoredPicture picture) {}

  /** Differs if the file was replaced or changed. */
  private record FileStamp(long bytes, FileTime modified, @Nullable Object key) {}

  /** Reads a description from the file. */
  interface DescriptionReader {
    StoredPicture read(RequestId id, Path place) throws IOException;
  }

  StoredPicture describe(RequestId id, Path place, DescriptionReader reader) throws IOException {
    FileStamp stamp = stamp(place);
    synchronized (entries) {
      CachedDescription before = entries.get(id);
      if (before != null && before.stamp().equals(stamp)) {
        return before.picture();
      }
    }
    StoredPicture picture = reader.read(id, place);
    synchronized (entries) {
      entries.put(id, new CachedDescription(stamp, picture));
    }
    return picture;
  }

  private static FileStamp stamp(Path place) throws IOException {
    var file = Files.readAttributes(place, BasicFileAttributes.class);
    return new FileStamp(file.size(), file.lastModifiedTime(), file.fileKey());
  }
}
