package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether pictures can be made.
 *
 * @param code what is wrong; none where the state is well or idle
 * @param reason why the latest call failed, in the words of its step
 * @param paused whether jobs that are due wait for that
 * @param promising whether a time can be estimated for the next picture
 * @param nextTryAt when calls may be made again, where that is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProviderState(
    Availability state,
    @Nullable HoldUp code,
    @Nullable String reason,
    boolean paused,
    @JsonIgnore boolean promising,
    @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ssX", timezone = "UTC") @Nullable Instant nextTryAt) {

  public enum Availability {
    WELL,
    STRUGGLING,
    AWAY,
    IDLE;

    /** As in replies. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ProviderState fine(Availability state) {
    return new ProviderState(state, null, null, false, true, null);
  }
}
