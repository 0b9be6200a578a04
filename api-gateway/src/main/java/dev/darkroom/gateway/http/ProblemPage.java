package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.util.HtmlUtils;

/** A problem as an HTML page, for browsers that navigate to a missing page. */
final class ProblemPage {
  static final MediaType TYPE = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  private static final String NO_PAGE =
      "There is no page at this address. The link may be incomplete or outdated.";

  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final String TEMPLATE = read();

  private ProblemPage() {}

  /**
   * Outside of the API, where text/html is accepted by name; scripts and images accept anything.
   */
  static boolean isWantedBy(HttpServletRequest request, String path) {
    return READING.contains(request.getMethod())
        && !path.startsWith("/api/")
        && !OpenAiError.isFormAt(path)
        && Collections.list(request.getHeaders("Accept")).stream().anyMatch(ProblemPage::namesHtml);
  }

  private static boolean namesHtml(String accept) {
    try {
      return MediaType.parseMediaTypes(accept).stream()
          .anyMatch(type -> type.equalsTypeAndSubtype(MediaType.TEXT_HTML));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  /**
   * @param prefix of its links
   */
  static String of(int status, String sentence, String prefix) {
    var title = status < 500 ? "This address cannot be shown" : "Something went wrong";
    if (status == 404) {
      title = "Page not found";
    } else if (status == 503) {
      title = "Not available at the moment";
    }
    var general = sentence.equals(ProblemCode.NOT_FOUND.sentence());
    return TEMPLATE
        .replace("{{prefix}}", prefix)
        .replace("{{status}}", String.valueOf(status))
        .replace("{{title}}", title)
        .replace("{{sentence}}", general ? NO_PAGE : HtmlUtils.htmlEscape(sentence, "UTF-8"));
  }

  private static String read() {
    try {
      return new ClassPathResource("pages/problem.html").getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
