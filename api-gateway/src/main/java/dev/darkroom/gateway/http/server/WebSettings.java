package dev.darkroom.gateway.http.server;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.apache.catalina.util.NetMask;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of host names, origins and proxies.
 *
 * @param hosts host names that the gateway serves, each with a port or for any port, such as {@code
 *     pictures.example.com}, {@code *.example.com} or {@code [::1]:8080}; none for any
 * @param origins other sites whose pages may use the API
 * @param trustedProxies addresses and networks of proxies whose {@code X-Forwarded-…} headers are
 *     heeded, such as {@code 127.0.0.1} or {@code 10.0.0.0/8}
 */
@Validated
@ConfigurationProperties("darkroom.web")
record WebSettings(
    @DefaultValue
        List<
                @Pattern(
                    regexp = "((\\*\\.)?[\\w-]+(\\.[\\w-]+)*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?",
                    message = "must be a name or address, as in a Host header")
                String>
            hosts,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "https?://([\\w-]+(\\.[\\w-]+)*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?",
                    message = "must be an origin such as https://example.com, without a path")
                String>
            origins,
    @DefaultValue List<String> trustedProxies) {

  private static final String ADDRESS = "[0-9A-Fa-f:.]+(/\\d{1,3})?";

  @AssertTrue(
      message =
          "darkroom.web.trusted-proxies must be addresses or networks such as 10.0.0.0/8 or ::1")
  boolean isTrustedProxiesValid() {
    return trustedProxies.stream().allMatch(WebSettings::isNetwork);
  }

  private static boolean isNetwork(String proxy) {
    if (!proxy.matches(ADDRESS)) {
      return false; // a name would be looked up
    }
    try {
      var _ = new NetMask(proxy);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
