package dev.darkroom.gateway.extras.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.keep.EndedJobStore;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobRetentionIT {
  private static final Duration KEEP = Duration.ofDays(30);
  private static final RunningGateway GATEWAY =
      RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka());

  private final PictureStore store = GATEWAY.bean(PictureStore.class);
  private final JdbcClient database = GATEWAY.bean(JdbcClient.class);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterAll
  static void close() {
    GATEWAY.close();
  }

  @BeforeEach
  void there_are_no_jobs() {
    database.sql("delete from public.generation_jobs").update();
  }

  @BeforeEach
  void nobody_deletes() {
    database.sql("update public.generation_retention set reserved_until = '-infinity'").update();
  }

  @Test
  void old_jobs_go_with_their_pictures_and_young_ones_stay() throws IOException {
    var old = jobs(3, KEEP.plusDays(1));
    var young = jobs(1, KEEP.minusDays(1)).getFirst();

    retention(store, KEEP).round();

    for (var job : old) {
      assertThat(GATEWAY.get("/api/generate/" + job).status()).isEqualTo(404);
      assertThat(store.find(job)).isEmpty();
    }
    assertThat(GATEWAY.get("/api/generate/" + young).status()).isEqualTo(200);
    assertThat(store.find(young)).isPresent();
    assertThat(meters.get("darkroom.jobs.deleted").counter().count()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void a_crash_between_picture_and_rows_leaves_a_job_that_says_so_and_goes_next_time()
      throws IOException {
    var job = jobs(1, KEEP.plusDays(1)).getFirst();

    assertThatThrownBy(() -> retention(crashing(), KEEP).round())
        .isInstanceOf(UncheckedIOException.class);

    assertThat(GATEWAY.get("/api/generate/" + job).text("/imageRemovedAt")).isNotEmpty();
    assertThat(store.find(job)).isEmpty();
    nobody_deletes();
    retention(store, KEEP).round();
    assertThat(GATEWAY.get("/api/generate/" + job).status()).isEqualTo(404);
  }

  @Test
  void all_jobs_stay_where_nothing_is_said_of_it() throws IOException {
    var job = jobs(1, KEEP.plusDays(1)).getFirst();

    retention(store, Duration.ZERO).round();

    assertThat(GATEWAY.get("/api/generate/" + job).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, true", "PT24H, false", "PT25H, true"})
  void jobs_are_kept_forever_or_for_longer_than_their_records_on_Kafka(
      Duration keep, boolean allowed) {
    assertThat(new RetentionSettings(keep).isJobsLongEnough()).isEqualTo(allowed);
  }

  private JobRetention retention(PictureStore pictures, Duration keep) {
    return new JobRetention(
        new EndedJobStore(database),
        GATEWAY.bean(GroupStore.class),
        pictures,
        new RetentionSettings(keep),
        meters);
  }

  /** Completed so long ago, each with a picture. */
  private List<RequestId> jobs(int number, Duration ago) throws IOException {
    var ids = IntStream.range(0, number).mapToObj(_ -> new RequestId(idOf(ago))).toList();
    for (var id : ids) {
      try (var upload = store.upload(id)) {
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", upload.body());
        var picture = ((Stored) upload.commit()).picture();
        database
            .sql(
                """
                insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                  image_url, image_sha256, image_content_type, image_bytes, created_at, finished_at)
                values (:id, 'ada', '{"prompt": "a", "width": 64, "height": 64, "seed": 1, "diffusionStrength": 0.5,
                  "styleIntensity": 0.5}', '{"parameters": {"model": "m"}}', 'completed', 1, now(), :url, 'ab',
                  'image/png', 1, now() - :ago * interval '1 second', now() - :ago * interval '1 second')
                """)
            .param("id", id.value())
            .param("url", picture.url())
            .param("ago", ago.toSeconds())
            .update();
      }
    }
    return ids;
  }

  private UUID idOf(Duration ago) {
    var random = Generators.timeBasedEpochRandomGenerator().generate();
    var at = (random.getMostSignificantBits() >>> 16) - ago.toMillis();
    return new UUID(
        at << 16 | (random.getMostSignificantBits() & 0xffff), random.getLeastSignificantBits());
  }

  /** Deletes a picture, and fails before it says so. */
  private PictureStore crashing() {
    return (PictureStore)
        Proxy.newProxyInstance(
            PictureStore.class.getClassLoader(),
            new Class<?>[] {PictureStore.class},
            (_, method, arguments) -> {
              try {
                method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              throw new IOException("killed");
            });
  }
}
