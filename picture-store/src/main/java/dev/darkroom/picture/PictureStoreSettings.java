package dev.darkroom.picture;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the picture store.
 *
 * @param store where pictures lie: in a folder of files, or in S3-compatible storage
 * @param dir the folder of the pictures, which gateways and workers must all see; of pictures that
 *     are still being written, where they are kept in S3
 * @param maxBytes the largest picture that is kept, 1KB to 1GB
 */
@ConfigurationProperties("darkroom.picture")
record PictureStoreSettings(
    @DefaultValue("files") Kind store,
    @DefaultValue(".darkroom/pictures") String dir,
    @DefaultValue("20MB") DataSize maxBytes,
    @NestedConfigurationProperty @DefaultValue S3Settings s3) {
  private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
  private static final DataSize LARGEST = DataSize.ofGigabytes(1);

  /** The stores there are. */
  enum Kind {
    FILES,
    S3
  }

  PictureStoreSettings {
    if (dir.isBlank()) {
      throw new IllegalArgumentException(
          "darkroom.picture.dir is empty, but should name the folder of the pictures");
    }
    if (maxBytes.compareTo(SMALLEST) < 0 || maxBytes.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException(
          "darkroom.picture.max-bytes is %s, but should be between 1KB and 1GB"
              .formatted(maxBytes));
    }
    if (store == Kind.S3) {
      s3.requireUsable();
    }
  }

  /** Not bound as a Path: Spring would look for a relative one on the class path first. */
  Path folder() {
    return Path.of(dir).toAbsolutePath();
  }
}
