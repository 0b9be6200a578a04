package dev.darkroom.system.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.darkroom.system.browser.ChromiumSearch.ChromiumInstallation;
import dev.darkroom.system.browser.ChromiumSearch.Missing;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ChromiumSearchTest {
  @TempDir Path empty;
  @TempDir Path full;

  @Test
  void without_one_the_answer_is_a_line_that_says_how_to_install_it() {
    assertThat(ChromiumSearch.search(null, empty + File.pathSeparator + full))
        .asInstanceOf(type(Missing.class))
        .extracting(Missing::says)
        .asString()
        .startsWith("browser tests are skipped")
        .contains("apt-get install chromium")
        .hasLineCount(1);
  }

  @Test
  void the_first_that_can_be_run_is_taken() throws IOException {
    Files.createFile(empty.resolve("chromium"));
    var chrome = executable(full.resolve("google-chrome"));
    assertThat(ChromiumSearch.search(null, empty + File.pathSeparator + full))
        .isEqualTo(new ChromiumInstallation(chrome));
  }

  @Test
  void the_one_that_is_named_goes_before_all() throws IOException {
    executable(full.resolve("chromium"));
    var named = executable(empty.resolve("my-own"));
    assertThat(ChromiumSearch.search(named.toString(), full.toString()))
        .isEqualTo(new ChromiumInstallation(named));
  }

  @Test
  void a_name_that_leads_nowhere_is_a_mistake_and_no_reason_to_skip() {
    var nowhere = empty.resolve("nowhere").toString();
    assertThatThrownBy(() -> ChromiumSearch.search(nowhere, full.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ChromiumSearch.PROPERTY);
  }

  private static Path executable(Path file) throws IOException {
    Files.createFile(file);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
