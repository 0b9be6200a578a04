package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Replies to requests that have cancelled something. */
@Component
final class CancelHandler {
  private final SubmitResponses responses;
  private final WaitLimiter waits;

  CancelHandler(SubmitResponses responses, WaitLimiter waits) {
    this.responses = responses;
    this.waits = waits;
  }

  /** Tells what has become of what was cancelled, after a wait for its end where there is one. */
  interface CancelReply {
    ResponseEntity<Object> after(Optional<PreferWait> wait);
  }

  /**
   * The reply, as a {@code Callable} where the client waits until calls are cut. Where too many
   * requests wait it does not: what is cancelled is cancelled.
   *
   * @param cancelled a job or a group
   * @param running whether a call has to be cut first
   */
  Object reply(
      RequestId cancelled,
      boolean running,
      CancelReply reply,
      HttpServletRequest request,
      HttpServletResponse response) {
    var wait = responses.preferredWait(request);
    if (!running || wait.isEmpty()) {
      return withHeaders(cancelled, reply.after(Optional.empty()), wait, request, response);
    }
    Callable<ResponseEntity<Object>> untilCut =
        () ->
            waits.limit(
                request,
                () -> withHeaders(cancelled, reply.after(wait), wait, request, response),
                () ->
                    withHeaders(
                        cancelled,
                        reply.after(Optional.empty()),
                        Optional.empty(),
                        request,
                        response));
    return untilCut;
  }

  private static ResponseEntity<Object> withHeaders(
      RequestId cancelled,
      ResponseEntity<Object> reply,
      Optional<PreferWait> wait,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (reply.getStatusCode().is2xxSuccessful()) {
      ReplyId.isOf(cancelled, request, response);
      wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
    }
    return reply;
  }
}
