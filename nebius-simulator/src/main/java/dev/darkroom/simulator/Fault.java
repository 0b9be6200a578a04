package dev.darkroom.simulator;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with a call that was valid. As JSON an object with its {@code kind} and
 * the record's components, durations as ISO 8601: {@code
 * {"kind":"answer","status":429,"retryAfter":"PT2S"}}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Fault.ErrorAnswer.class, name = "answer"),
  @JsonSubTypes.Type(value = Fault.HtmlPage.class, name = "html-page"),
  @JsonSubTypes.Type(value = Fault.Hang.class, name = "hang"),
  @JsonSubTypes.Type(value = Fault.ConnectionReset.class, name = "reset"),
  @JsonSubTypes.Type(value = Fault.Slow.class, name = "slow"),
  @JsonSubTypes.Type(value = Fault.CutBody.class, name = "cut-body"),
  @JsonSubTypes.Type(value = Fault.DripBody.class, name = "drip-body"),
  @JsonSubTypes.Type(value = Fault.Rubbish.class, name = "rubbish")
})
public sealed interface Fault {
  /** Whether the picture is drawn, and so paid for, although the client may never see it. */
  boolean billed();

  /** The status the client gets to see, or null where it gets none. */
  @Nullable Integer shownStatus();

  /**
   * An error of Nebius's own.
   *
   * @param detail a sentence, or a list for the form of a 422; null for a sentence made from the
   *     status
   * @param retryAfter sent as {@code Retry-After}, rounded up to seconds; null sends none
   */
  record ErrorAnswer(int status, @Nullable Object detail, @Nullable Duration retryAfter)
      implements Fault {
    public ErrorAnswer {
      requireError(status);
      if (retryAfter != null && retryAfter.isNegative()) {
        throw new IllegalArgumentException("retryAfter cannot be negative");
      }
    }

    public ErrorAnswer withDetail(Object sentenceOrList) {
      return new ErrorAnswer(status, sentenceOrList, retryAfter);
    }

    public ErrorAnswer withRetryAfter(Duration wait) {
      return new ErrorAnswer(status, detail, wait);
    }

    @Override
    public boolean billed() {
      return false;
    }

    @Override
    public Integer shownStatus() {
      return status;
    }
  }

  /** An error of a proxy in front of Nebius, as a page of HTML. */
  record HtmlPage(int status) implements Fault {
    public HtmlPage {
      requireError(status);
    }

    @Override
    public boolean billed() {
      return false;
    }

    @Override
    public Integer shownStatus() {
      return status;
    }
  }

  /**
   * No answer at all; the connection is reset when the faults are cleared or the simulator closes.
   */
  record Hang(boolean billed) implements Fault {
    @Override
    public @Nullable Integer shownStatus() {
      return null;
    }
  }

  /** The connection is reset (TCP RST) without a reply, before or after the picture was drawn. */
  record ConnectionReset(boolean billed) implements Fault {
    @Override
    public @Nullable Integer shownStatus() {
      return null;
    }
  }

  /** A good reply that takes {@code extra} longer than the latency. */
  record Slow(Duration extra) implements Billed {
    public Slow {
      requirePositive(extra, "extra");
    }
  }

  /** A reply whose connection closes after {@code percent} (0–99) of the announced body. */
  record CutBody(int percent) implements Billed {
    public CutBody {
      if (percent < 0 || percent > 99) {
        throw new IllegalArgumentException("percent is 0 to 99, not " + percent);
      }
    }
  }

  /** A good reply in chunks of {@code bytes}, with a wait of {@code every} before each. */
  record DripBody(int bytes, Duration every) implements Billed {
    public DripBody {
      if (bytes < 1) {
        throw new IllegalArgumentException("at least one byte drips at a time, not " + bytes);
      }
      requirePositive(every, "every");
    }
  }

  /** A 200 that holds no usable picture; always in the {@code b64_json} form. */
  record Rubbish(Content content) implements Billed {
    /** What is wrong with it. */
    public enum Content {
      MALFORMED_JSON,
      NO_PICTURES,
      BROKEN_BASE64,
      NOT_A_PICTURE,
      /** A good PNG although WebP or JPEG was asked for, a JPEG where PNG was. */
      OTHER_FORMAT,
      TRUNCATED_PICTURE;

      /** As the wire spells it. */
      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /** Faults of the way back: the picture was drawn, and the client sees a 200 at first. */
  sealed interface Billed extends Fault {
    @Override
    default boolean billed() {
      return true;
    }

    @Override
    default Integer shownStatus() {
      return 200;
    }
  }

  static ErrorAnswer answer(int status) {
    return new ErrorAnswer(status, null, null);
  }

  static Fault htmlPage(int status) {
    return new HtmlPage(status);
  }

  static Fault hang() {
    return new Hang(false);
  }

  static Fault hangAfterBilling() {
    return new Hang(true);
  }

  static Fault reset() {
    return new ConnectionReset(false);
  }

  static Fault resetAfterBilling() {
    return new ConnectionReset(true);
  }

  static Fault slow(Duration extra) {
    return new Slow(extra);
  }

  static Fault cutBody() {
    return new CutBody(50);
  }

  static Fault dripBody(int bytes, Duration every) {
    return new DripBody(bytes, every);
  }

  static Fault rubbish(Rubbish.Content content) {
    return new Rubbish(content);
  }

  private static void requireError(int status) {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("an error's status is 400 to 599, not " + status);
    }
  }

  private static void requirePositive(Duration duration, String name) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(name + " must be longer than zero");
    }
  }
}
