package dev.darkroom.picture.wiring;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the picture store.
 *
 * @param store a folder of files, or S3-compatible storage
 * @param dir the folder of the pictures, shared by all gateways and workers; with S3 only uploads
 *     in progress are there
 * @param maxBytes the largest picture, 1KB to 1GB
 */
@ConfigurationProperties("darkroom.picture")
record PictureStoreSettings(
    @DefaultValue("files") StoreKind store,
    @DefaultValue(".darkroom/pictures") String dir,
    @DefaultValue("20MB") DataSize maxBytes) {
  private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
  private static final DataSize LARGEST = DataSize.ofGigabytes(1);

  enum StoreKind {
    FILES,
    S3
  }

  PictureStoreSettings {
    if (dir.isBlank()) {
      throw new IllegalArgumentException(
          "darkroom.picture.dir is empty; it must name the folder of the pictures");
    }
    if (maxBytes.compareTo(SMALLEST) < 0 || maxBytes.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException(
          "darkroom.picture.max-bytes is %s; it must be between 1KB and 1GB".formatted(maxBytes));
    }
  }

  /** Not bound as a Path: Spring would search the class path for a relative one first. */
  Path directory() {
    return Path.of(dir).toAbsolutePath().normalize();
  }
}
