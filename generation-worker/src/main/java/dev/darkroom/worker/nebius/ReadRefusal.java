package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads why Nebius refuses: {@code {"detail":"text"}} or {@code {"detail":[{"loc","msg","type"}]}},
 * and as others say it that speak this protocol, {@code {"error":{"message":"text"}}}.
 */
final class ReadRefusal {
  private static final int FORBIDDEN = 403;
  private static final int MAX_BODY = 16 * 1024;
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>([^<]*)", Pattern.CASE_INSENSITIVE);

  private final KeptWords kept;
  private final JsonMapper json = new JsonMapper();

  ReadRefusal(KeptWords kept) {
    this.kept = kept;
  }

  /** Its own words, or the beginning of what else came, such as a line of text. */
  String reason(int status, InputStream body) {
    var text = beginning(body);
    var words = kept.of(text.startsWith("<") ? ofPage(status, text) : words(text));
    return "Nebius answered " + status + (words.isEmpty() ? "." : ": " + words);
  }

  /** A page is a proxy's; that of a firewall says in its title why it refuses. */
  private static String ofPage(int status, String html) {
    var title = TITLE.matcher(html);
    return status == FORBIDDEN && title.find()
        ? HtmlUtils.htmlUnescape(title.group(1)).strip()
        : "";
  }

  private static String beginning(InputStream body) {
    var text = new byte[MAX_BODY];
    var filled = 0;
    try {
      var read = body.read(text);
      while (read > 0) {
        filled += read;
        read = body.read(text, filled, text.length - filled); // 0 where it is full
      }
    } catch (IOException e) {
      // the status was clear enough, and these are its words as far as they came
    }
    return new String(text, 0, filled, StandardCharsets.UTF_8).strip();
  }

  private String words(String text) {
    try {
      var reply = json.readTree(text);
      return Stream.of(reply.path("detail"), reply.path("error"), reply)
          .map(ReadRefusal::words)
          .filter(Predicate.not(String::isEmpty))
          .findFirst()
          .orElse("");
    } catch (JacksonException e) {
      return text;
    }
  }

  private static String words(JsonNode said) {
    if (said.isArray()) {
      return said.valueStream()
          .map(ReadRefusal::words)
          .filter(Predicate.not(String::isEmpty))
          .collect(Collectors.joining("; "));
    }
    return said.isObject() ? problem(said) : said.stringValue("");
  }

  private static String problem(JsonNode one) {
    var place = one.path("loc").valueStream().map(part -> part.asString("")).toList();
    var message = one.path("msg").stringValue(one.path("message").stringValue(""));
    return place.isEmpty() || message.isEmpty()
        ? message
        : String.join(".", place) + ": " + message;
  }
}
