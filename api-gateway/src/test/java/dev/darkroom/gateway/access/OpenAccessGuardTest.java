package dev.darkroom.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.gateway.access.AccessSettings.AccessMode;
import dev.darkroom.gateway.access.OpenAccessGuard.OpenToAllException;
import dev.darkroom.gateway.access.OpenAccessGuard.OpenToAllFailureAnalyzer;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenAccessGuardTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.7", "10.0.0.1"})
  void an_open_gateway_does_not_listen_for_other_machines_unless_somebody_says_so(String address) {
    assertThatThrownBy(() -> start(AccessMode.OPEN, false, address))
        .isInstanceOf(OpenToAllException.class);
    assertThatCode(() -> start(AccessMode.OPEN, true, address)).doesNotThrowAnyException();
    assertThatCode(() -> start(AccessMode.REQUIRED, false, address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1"})
  void on_loopback_it_may_be_open(String address) {
    assertThatCode(() -> start(AccessMode.OPEN, false, address)).doesNotThrowAnyException();
  }

  @Test
  void without_an_address_it_serves_this_machine_only_while_nobody_is_asked() {
    assertThat(start(AccessMode.OPEN, false, null)).isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(start(AccessMode.OPEN, true, null)).isNull();
    assertThat(start(AccessMode.REQUIRED, false, null)).isNull();
  }

  @Test
  void the_refusal_names_both_settings_and_says_what_to_do() {
    var refused = new OpenToAllException(InetAddress.ofLiteral("0.0.0.0"));
    var analysis = new OpenToAllFailureAnalyzer().analyze(refused, refused);

    assertThat(analysis.getDescription())
        .contains("darkroom.access.mode=open", "server.address", "0.0.0.0");
    assertThat(analysis.getAction())
        .contains(
            "server.address=127.0.0.1",
            "darkroom.access.mode=required",
            "darkroom.access.open-to-all=true");
  }

  private static @Nullable InetAddress start(
      AccessMode mode, boolean openToAll, @Nullable String address) {
    var server = new TomcatServletWebServerFactory(0);
    Optional.ofNullable(address).map(InetAddress::ofLiteral).ifPresent(server::setAddress);
    new OpenAccessGuard(new AccessSettings(mode, openToAll)).customize(server);
    return server.getAddress();
  }
}
