package dev.darkroom.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RangeRequestTest {
  private static final String SHA256 = "ab".repeat(32);
  private static final StoredPicture HUNDRED_BYTES =
      new StoredPicture(new RequestId(UUID.randomUUID()), SHA256, 100, PictureFormat.WEBP, 10, 10);

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-99, 0, 100",
    "bytes=10-19, 10, 10",
    "bytes=90-, 90, 10",
    "bytes=0-, 0, 100",
    "bytes=90-1000, 90, 10",
    "bytes=-10, 90, 10",
    "bytes=-100, 0, 100",
    "bytes=-1000, 0, 100"
  })
  void a_range_is_a_part_of_the_picture(String range, long from, long bytes) {
    assertThat(by(range)).isEqualTo(new RangeRequest.Satisfiable(new ByteRange(from, bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
  void a_range_beyond_the_end_is_nothing(String range) {
    assertThat(by(range)).isEqualTo(new RangeRequest.Unsatisfiable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=--5",
        "bytes=99999999999999999999-",
        "items=0-1",
        "bytes=0-1,5-6"
      })
  void what_is_no_single_range_of_bytes_is_as_good_as_none(String range) {
    assertThat(by(range)).isEqualTo(new RangeRequest.None());
  }

  @Test
  void a_range_of_this_picture_is_answered() {
    request.addHeader("If-Range", '"' + SHA256 + '"');

    assertThat(by("bytes=0-9")).isEqualTo(new RangeRequest.Satisfiable(new ByteRange(0, 10)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"other\"", "W/\"SHA256\"", "Sun, 22 Nov 2026 12:00:00 GMT"})
  void a_range_of_another_picture_is_not(String ifRange) {
    request.addHeader("If-Range", ifRange.replace("SHA256", SHA256));

    assertThat(by("bytes=0-9")).isEqualTo(new RangeRequest.None());
  }

  private RangeRequest by(String range) {
    request.addHeader("Range", range);
    return RangeRequest.of(request, HUNDRED_BYTES);
  }
}
