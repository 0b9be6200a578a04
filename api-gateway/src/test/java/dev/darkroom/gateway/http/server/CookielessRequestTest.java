package dev.darkroom.gateway.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.Collections;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CookielessRequestTest {
  @Test
  void cookies_can_be_seen_in_no_way_and_everything_else_can() {
    var request = new MockHttpServletRequest();
    request.setCookies(new Cookie("session", "of-somebody"));
    request.addHeader("cookie", "session=of-somebody");
    request.addHeader("Authorization", "Bearer of-the-page");

    var seen = new CookielessRequest(request);

    assertThat(seen.getCookies()).isNull();
    assertThat(seen.getHeader("Cookie")).isNull();
    assertThat(Collections.list(seen.getHeaders("COOKIE"))).isEmpty();
    assertThat(Collections.list(seen.getHeaderNames())).containsExactly("Authorization");
    assertThat(seen.getHeader("authorization")).isEqualTo("Bearer of-the-page");
  }
}
