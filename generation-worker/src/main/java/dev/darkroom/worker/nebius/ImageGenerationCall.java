package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.ImageSize;
import dev.darkroom.worker.nebius.AttemptOutcome.NotStored;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.NebiusTransport.NebiusResponse;
import dev.darkroom.worker.nebius.ResponseClassifier.ClassifiedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream.StoreFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** One {@code POST images/generations}, and its picture's way into the store. */
final class ImageGenerationCall {
  private static final Logger log = LoggerFactory.getLogger(ImageGenerationCall.class);

  private final NebiusTransport transport;
  private final ResponseClassifier responses;
  private final ImageDownloader downloader;
  private final PictureStore store;
  private final JsonMapper json;
  private final CallPermits permits;

  ImageGenerationCall(
      NebiusTransport transport,
      ResponseClassifier responses,
      ImageDownloader downloader,
      PictureStore store,
      JsonMapper json,
      CallPermits permits) {
    this.transport = transport;
    this.responses = responses;
    this.downloader = downloader;
    this.store = store;
    this.json = json;
    this.permits = permits;
  }

  /**
   * Makes the call and stores the picture. First checks that the store is writable: we don't pay
   * for a picture that can't be kept.
   *
   * @throws IOException if no complete response came
   */
  AttemptOutcome run(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CancellableCall call)
      throws IOException {
    PictureUpload upload;
    try {
      upload = store.upload(id);
    } catch (IOException e) {
      return new NotStored("The picture store does not answer: " + e.getMessage());
    }
    try (upload) {
      return send(upload, parameters, trace, call);
    } catch (StoreFailure e) {
      return new NotStored("The picture could not be saved: " + e.getMessage());
    } catch (MalformedResponse e) {
      return new Failed(FailureCode.BAD_REPLY, String.valueOf(e.getMessage()), e.clientReason());
    }
  }

  private AttemptOutcome send(
      PictureUpload upload,
      Map<String, ?> parameters,
      @Nullable TraceParent trace,
      CancellableCall call)
      throws IOException {
    List<Header> headers =
        trace == null ? List.of() : List.of(new BasicHeader(TraceParent.HEADER, trace.value()));
    var response =
        transport.post(
            "images/generations",
            json.writeValueAsBytes(parameters), // as bytes, so that Content-Length is sent
            headers,
            call,
            answer -> classify(answer, parameters, upload, call.timeLeft()));
    return switch (response) {
      case ClassifiedResponse.WithoutImage(var outcome) -> outcome;
      case ClassifiedResponse.ImageAtUrl(String url) -> {
        downloader.download(url, upload.body(), call);
        yield keep(upload, parameters, call);
      }
      case ClassifiedResponse.ImageInDraft _ -> keep(upload, parameters, call);
    };
  }

  private ClassifiedResponse classify(
      NebiusResponse response, Map<String, ?> parameters, PictureUpload upload, Duration timeLeft)
      throws IOException {
    var model = String.valueOf(parameters.get("model"));
    permits.observe(response::header);
    var classified = responses.classify(response, model, upload.body(), timeLeft);
    // slower calls do not cure a 429 that says that the account is used up
    if (classified instanceof ClassifiedResponse.WithoutImage(RateLimited(var wait, var _))) {
      permits.refused(wait);
    }
    return classified;
  }

  /** Can't be cancelled: the picture is paid for. */
  private static AttemptOutcome keep(
      PictureUpload upload, Map<String, ?> parameters, CancellableCall call) {
    try {
      return switch (upload.commit()) {
        case CommitResult.Stored(var picture) -> succeeded(picture, parameters, call);
        case CommitResult.NotAPicture(String why) -> {
          var reason = "The answer " + why + ".";
          yield new Failed(FailureCode.BAD_REPLY, reason, reason);
        }
        case CommitResult.Unusable(String why) ->
            new Rejected(
                FailureCode.UNUSABLE_PICTURE,
                "The answer %s. Another call would bring the same.".formatted(why));
      };
    } catch (IOException e) {
      return new NotStored("The picture could not be saved: " + e.getMessage());
    }
  }

  private static Succeeded succeeded(
      StoredPicture picture, Map<String, ?> parameters, CancellableCall call) {
    var saving = call.sinceAnswer().orElseThrow();
    var outcome = new Succeeded(picture, ImageSize.asked(parameters), saving);
    if (!outcome.isOfAskedSize()) {
      log.atWarn()
          .addKeyValue("request_id", picture.id())
          .addKeyValue("asked", outcome.asked())
          .addKeyValue("came", new ImageSize(picture.width(), picture.height()))
          .log("the picture does not have the requested size; it is kept as it is");
    }
    return outcome;
  }
}
