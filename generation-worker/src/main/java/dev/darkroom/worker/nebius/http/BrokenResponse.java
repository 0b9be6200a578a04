package dev.darkroom.worker.nebius.http;

import java.io.IOException;

/** A response that brought no picture, although the provider may have drawn and billed one. */
public abstract sealed class BrokenResponse extends IOException {
  private BrokenResponse(String message) {
    super(message);
  }

  private BrokenResponse(String message, Throwable cause) {
    super(message, cause);
  }

  /** The response holds no picture that can be read; the message says why. */
  public static final class MalformedResponse extends BrokenResponse {
    private final String clientReason;

    public MalformedResponse(String reason) {
      this(reason, reason);
    }

    public MalformedResponse(String reason, String clientReason) {
      super(reason);
      this.clientReason = clientReason;
    }

    /** The reason as clients may read it. */
    public String clientReason() {
      return clientReason;
    }
  }

  /** The connection broke within the response; the message says where. */
  public static final class TruncatedResponse extends BrokenResponse {
    public TruncatedResponse(String where, IOException cause) {
      super(where, cause);
    }
  }
}
