package dev.darkroom.picture;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the picture store.
 *
 * @param dir the folder of the pictures; gateway and workers must see the same one
 * @param maxBytes the largest picture that is kept, 1KB to 1GB
 */
@ConfigurationProperties("darkroom.picture")
record PictureStoreSettings(
    @DefaultValue(".darkroom/pictures") String dir, @DefaultValue("20MB") DataSize maxBytes) {
  private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
  private static final DataSize LARGEST = DataSize.ofGigabytes(1);

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
  }

  /** Not bound as a Path: Spring would look for a relative one on the class path first. */
  Path folder() {
    return Path.of(dir).toAbsolutePath();
  }
}
