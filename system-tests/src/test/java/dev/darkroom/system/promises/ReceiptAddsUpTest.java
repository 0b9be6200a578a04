package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.promises.Promise.Breach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReceiptAddsUpTest {
  @Test
  void a_receipt_that_names_each_billed_call_keeps_it() {
    assertThat(new ReceiptAddsUp().breaches(TestingJob.completed().withReceipt(1, 0).evidence()))
        .isEmpty();
    assertThat(new ReceiptAddsUp().breaches(TestingJob.completed().withReceipt(0, 2).evidence()))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2, 0, the receipt says 2", "0, 0, the receipt says 0 and 0 unknown ones"})
  void a_receipt_that_says_more_or_less_breaks_it(int billed, int unknown, String says) {
    assertThat(
            new ReceiptAddsUp()
                .breaches(TestingJob.completed().withReceipt(billed, unknown).evidence()))
        .singleElement()
        .extracting(Breach::says)
        .asString()
        .endsWith(says);
  }
}
