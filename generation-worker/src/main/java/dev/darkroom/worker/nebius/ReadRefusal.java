package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads why Nebius, or a proxy before it, refuses. */
final class ReadRefusal {
  private static final int MAX_BODY = 16 * 1024;

  /** Of a page, which is a proxy's: all that it says in a line. */
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*+>([^<]*+)</title>", Pattern.CASE_INSENSITIVE);

  private final KeptWords kept;
  private final JsonMapper json = new JsonMapper();

  ReadRefusal(KeptWords kept) {
    this.kept = kept;
  }

  /**
   * @param words as they are kept; empty where there are none
   */
  record Said(String words, ProviderError.Kind kind) {}

  /** Its own words, or the beginning of what else came, such as a line of text. */
  String reason(int status, InputStream body) {
    return sentence(status, read(body).words());
  }

  Said read(InputStream body) {
    var said = parse(beginning(body));
    return new Said(kept.of(said.words()), said.kind());
  }

  static String sentence(int status, String words) {
    return "Nebius answered " + status + (words.isEmpty() ? "." : ": " + words);
  }

  private ProviderError parse(String text) {
    if (text.startsWith("<")) {
      return new ProviderError(title(text), ProviderError.Kind.OTHER);
    }
    try {
      return ErrorBodyParser.parse(json.readTree(text));
    } catch (JacksonException e) {
      return new ProviderError(text, ProviderError.Kind.OTHER);
    }
  }

  /** Without the status that many titles begin with. */
  private static String title(String page) {
    var title = TITLE.matcher(page);
    return title.find()
        ? HtmlUtils.htmlUnescape(title.group(1))
            .replaceAll("\\s+", " ")
            .strip()
            .replaceFirst("^\\d{3}\\b[ :|-]*", "")
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
    var words = new String(text, 0, filled, StandardCharsets.UTF_8);
    return (words.startsWith("\ufeff") ? words.substring(1) : words).strip();
  }
}
