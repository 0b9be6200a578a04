package dev.darkroom.system.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the picture store's folder as it lies on the disk. */
final class PictureFolderReader {
  private static final String DRAFTS = ".drafts";

  private PictureFolderReader() {}

  static List<PictureFile> kept(Path folder) {
    return below(folder, false);
  }

  static List<PictureFile> drafts(Path folder) {
    return below(folder, true);
  }

  private static List<PictureFile> below(Path folder, boolean drafts) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> isDraft(folder, file) == drafts)
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDraft(Path folder, Path file) {
    return folder.relativize(file).startsWith(DRAFTS);
  }

  private static Optional<PictureFile> read(Path file) {
    try {
      var bytes = Files.readAllBytes(file);
      // Its name was the last thing that changed: a draft becomes a picture by a link to it.
      var savedAt = (FileTime) Files.getAttribute(file, "unix:ctime");
      return Optional.of(
          new PictureFile(
              file,
              String.valueOf(file.getFileName()),
              HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
              bytes.length,
              savedAt.toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // a draft that was finished meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
