package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.http.OpenAiError;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.picture.PictureReader;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What replies with pictures look like: an object, or an event for each. */
@Component
final class PictureBodies {
  private static final String IGNORED = "Darkroom-Ignored";

  /** What a header may hold of the names that clients choose. */
  private static final int MOST_NAMED = 20;

  private static final int LONGEST_NAME = 64;

  private final PictureReader pictures;
  private final JsonMapper json;

  PictureBodies(PictureReader pictures, JsonMapper json) {
    this.pictures = pictures;
    this.json = json;
  }

  /** For a reply with these pictures, of which all have one size and format. */
  void writeHeaders(List<Job> jobs, ImageOrder order, HttpServletResponse response) {
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store, no-transform");
    if (order.streamed()) {
      response.setContentType("text/event-stream;charset=UTF-8");
      response.setHeader("X-Accel-Buffering", "no"); // nginx would keep events back
    } else {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      if (order.inBase64()) { // pictures are compressed already
        response.setHeader(HttpHeaders.CONTENT_ENCODING, "identity");
      }
    }
    var format = formatOf(jobs.getFirst());
    var ignored =
        Stream.of(
                order.ignored().stream(),
                order.submission().ignored().stream(),
                order.format().filter(wanted -> !wanted.equals(format)).stream()
                    .map(_ -> "output_format"))
            .flatMap(names -> names)
            .distinct()
            .limit(MOST_NAMED)
            .map(PictureBodies::shown)
            .toList();
    if (!ignored.isEmpty()) {
      response.setHeader(IGNORED, String.join(", ", ignored));
    }
  }

  private static String shown(String name) {
    var shown = name.replaceAll("[^A-Za-z0-9_.-]", "?");
    return shown.substring(0, Math.min(shown.length(), LONGEST_NAME));
  }

  /**
   * The object with all pictures; its last part makes it complete.
   *
   * @throws IOException if the store fails
   */
  List<BodyPart> json(List<Job> jobs, ImageOrder order, PictureUrls urls) throws IOException {
    var first = jobs.getFirst();
    var body = new ArrayList<BodyPart>();
    body.add(
        BodyPart.of(
            """
            {"created":%d,"size":"%s","output_format":"%s","data":[\
            """
                .formatted(latestEnd(jobs), sizeOf(first), formatOf(first))));
    var comma = "";
    for (var job : jobs) {
      body.add(
          order.inBase64()
              ? new BodyPart(comma + "{\"b64_json\":\"", picture(job), "\"}")
              : BodyPart.of(comma + "{\"url\":%s}".formatted(url(job, urls))));
      comma = ",";
    }
    body.add(BodyPart.of("]}"));
    return body;
  }

  /**
   * The event of a picture, but for its end.
   *
   * @throws IOException if the store fails
   */
  BodyPart event(Job job) throws IOException {
    var before =
        """
        event: image_generation.completed
        data: {"type":"image_generation.completed","created_at":%d,"size":"%s","output_format":"%s",\
        "quality":"auto","background":"auto","b64_json":"\
        """
            .formatted(latestEnd(List.of(job)), sizeOf(job), formatOf(job));
    return new BodyPart(before, picture(job), "\"}");
  }

  /** Client libraries throw what is in it. */
  BodyPart errorEvent(Problem problem) {
    return BodyPart.of(
        "event: error\ndata: %s\n\n"
            .formatted(json.writeValueAsString(OpenAiError.of(problem.detail()))));
  }

  private String url(Job job, PictureUrls urls) {
    return json.writeValueAsString(urls.of(recordOf(job).url()));
  }

  private StoredPicture picture(Job job) throws IOException {
    return pictures
        .find(job.requestId(), recordOf(job).sha256())
        .orElseThrow(() -> new FileNotFoundException("the store has no such picture"));
  }

  private static PictureRecord recordOf(Job job) {
    return Objects.requireNonNull(job.picture(), "a completed job has a picture");
  }

  private static long latestEnd(List<Job> jobs) {
    return jobs.stream()
        .flatMap(job -> Optional.ofNullable(job.finishedAt()).stream())
        .mapToLong(Instant::getEpochSecond)
        .max()
        .orElseThrow();
  }

  private static String sizeOf(Job job) {
    return "%dx%d".formatted(job.request().width(), job.request().height());
  }

  /** As OpenAI names it: webp, png or jpeg. */
  private static String formatOf(Job job) {
    return recordOf(job).contentType().replace("image/", "");
  }
}
