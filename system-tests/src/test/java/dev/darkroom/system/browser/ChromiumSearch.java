package dev.darkroom.system.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a Chromium is installed here. None is ever downloaded. */
public sealed interface ChromiumSearch {
  /** Names one that is on none of the folders that are searched. */
  String PROPERTY = "darkroom.chromium";

  record ChromiumInstallation(Path executable) implements ChromiumSearch {}

  /**
   * There is none.
   *
   * @param says what to do about it, in one line
   */
  record Missing(String says) implements ChromiumSearch {}

  /** In the folders of the {@code PATH}, unless the property {@value #PROPERTY} names one. */
  static ChromiumSearch here() {
    return search(System.getProperty(PROPERTY), System.getenv().getOrDefault("PATH", ""));
  }

  /**
   * Searches as told.
   *
   * @param named the executable, or null to look for one
   * @param folders as in a {@code PATH}
   * @throws IllegalArgumentException if the named one can't be run
   */
  static ChromiumSearch search(@Nullable String named, String folders) {
    if (named != null) {
      var executable = Path.of(named);
      if (!Files.isExecutable(executable)) {
        throw new IllegalArgumentException(
            "%s is %s, which can't be run".formatted(PROPERTY, named));
      }
      return new ChromiumInstallation(executable);
    }
    return Arrays.stream(folders.split(File.pathSeparator))
        .filter(folder -> !folder.isBlank())
        .flatMap(ChromiumSearch::candidates)
        .filter(Files::isExecutable)
        .findFirst()
        .<ChromiumSearch>map(ChromiumInstallation::new)
        .orElseGet(() ->
            new Missing(
                "browser tests are skipped: no Chromium is on the PATH; `apt-get install chromium`"
                    + " installs it, or name one with -D%s=/path/to/chrome".formatted(PROPERTY)));
  }

  private static Stream<Path> candidates(String folder) {
    return List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable").stream()
        .map(name -> Path.of(folder, name));
  }
}
