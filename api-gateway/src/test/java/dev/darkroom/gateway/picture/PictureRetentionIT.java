package dev.darkroom.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.TestingWorker;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** In a gateway whose clock is two hours ahead, so that every picture is old. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureRetentionIT {
  private static final Duration KEEP = Duration.ofHours(1);

  private final RunningGateway gateway = RunningGateway.shared();
  private final PictureStore store = gateway.bean(PictureStore.class);
  private final RequestId id = new RequestId(Generators.timeBasedEpochGenerator().generate());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void a_picture_goes_when_its_job_ended_long_enough_ago_and_the_job_says_so() throws IOException {
    accept();
    var picture = savePicture();
    complete(picture);
    assertThat(gateway.get("/api/generate/" + id).text("/imageUrl")).isEqualTo(picture.url());
    endedEarlier(KEEP.plusMinutes(1));

    round(KEEP);

    assertThat(gateway.get(picture.url()).status()).isEqualTo(404);
    var job = gateway.get("/api/generate/" + id);
    assertThat(job.text("/status")).isEqualTo("completed");
    assertThat(job.json().at("/success").booleanValue()).isTrue();
    assertThat(job.json().has("imageUrl")).isFalse();
    assertThat(job.text("/imageRemovedAt")).startsWith("20").endsWith("Z");
    assertThat(deletedCount()).isPositive();
  }

  @Test
  void a_picture_stays_for_as_long_as_its_log_is_young() throws IOException {
    accept();
    var picture = savePicture();
    complete(picture);

    round(KEEP);

    assertThat(gateway.get(picture.url()).status()).isEqualTo(200);
    assertThat(gateway.get("/api/generate/" + id).text("/imageUrl")).isEqualTo(picture.url());
  }

  @Test
  void a_picture_of_an_open_job_stays() throws IOException {
    accept();
    savePicture();

    round(KEEP);

    assertThat(store.find(id)).isPresent();
  }

  @Test
  void a_picture_without_a_job_goes() throws IOException {
    savePicture();

    round(KEEP);

    assertThat(store.find(id)).isEmpty();
  }

  @Test
  void all_pictures_stay_where_nothing_is_said_of_it() throws IOException {
    savePicture();

    round(Duration.ZERO);

    assertThat(store.find(id)).isPresent();
    assertThat(deletedCount()).isZero();
  }

  private void round(Duration keep) {
    var settings =
        new PictureSettings(
            PictureSettings.ServeMode.PROXY, Duration.ofMinutes(5), keep, Duration.ofMinutes(1));
    var later = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    var old =
        new PictureRetention(store, gateway.bean(RetentionStore.class), settings, later, meters);
    assertThat(old.round()).isFalse();
  }

  private double deletedCount() {
    return meters.get("darkroom.picture.removed").counter().count();
  }

  private void accept() {
    var request = new GenerationRequest("A heron", null, 0.7, 0.5, null, 512, 512, 7, null, null);
    gateway
        .bean(JobStore.class)
        .accept(
            List.of(
                new NewJob(
                    id,
                    "anonymous",
                    request,
                    TestingWorker.CALL,
                    Duration.ofMinutes(5),
                    TraceParent.begin(new Random(1)))));
  }

  private StoredPicture savePicture() throws IOException {
    try (var upload = store.upload(id)) {
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", upload.body());
      return ((Stored) upload.commit()).picture();
    }
  }

  private void complete(StoredPicture picture) {
    var attempt =
        gateway
            .bean(JobStore.class)
            .claimDue("a-worker", Duration.ofMinutes(1), UUID.randomUUID(), List.of(id))
            .getFirst()
            .attempt();
    var record =
        new PictureRecord(
            picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
    assertThat(gateway.bean(OutcomeStore.class).completeIfCurrent(attempt, record, Map.of()))
        .isPresent();
  }

  private void endedEarlier(Duration ago) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            update public.generation_jobs set finished_at = finished_at - :ago * interval '1 second'
            where request_id = :id
            """)
        .param("ago", ago.toSeconds())
        .param("id", id.value())
        .update();
  }
}
