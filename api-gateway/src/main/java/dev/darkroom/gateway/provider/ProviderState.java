package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the way to a picture is.
 *
 * @param code what is wrong; none where the state is well or idle
 * @param reason why the latest call failed, in the words of its step
 * @param paused whether jobs that are due wait for that
 * @param promising whether a time can be named at which a picture may be there
 * @param nextTryAt when calls may be made again, where that is known
 */
public record ProviderState(
    State state,
    @Nullable HoldUp code,
    @Nullable String reason,
    boolean paused,
    boolean promising,
    @Nullable Instant nextTryAt) {

  /** In a word. */
  public enum State {
    WELL,
    STRUGGLING,
    AWAY,
    IDLE;

    /** The word on the wire. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ProviderState fine(State state) {
    return new ProviderState(state, null, null, false, true, null);
  }
}
