package dev.darkroom.ledger.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestIdRangeTest {
  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 00000000-0000-0000-0000-000000000000",
    "0001-01-01T00:00:00Z, 00000000-0000-0000-0000-000000000000",
    "2026-11-22T12:34:56.789Z, 01a20340-a095-0000-0000-000000000000",
    "2026-11-22T12:34:56.788000001Z, 01a20340-a095-0000-0000-000000000000",
    "9999-12-31T23:59:59.999Z, e677d21f-dbff-0000-0000-000000000000"
  })
  void an_end_of_a_range_is_the_lowest_id_of_its_millisecond(Instant at, UUID id) {
    assertThat(RequestIdRange.between(at, null).first()).isEqualTo(id);
    assertThat(RequestIdRange.between(null, at).beyond()).isEqualTo(id);
  }

  @Test
  void a_range_without_ends_has_all_ids() {
    assertThat(RequestIdRange.between(null, null))
        .isEqualTo(new RequestIdRange(new UUID(0, 0), new UUID(-1, -1)));
  }
}
