package dev.darkroom.benchmarks.stand;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HeapTest {
  @Test
  void the_heap_of_G1_is_read_and_what_follows_it_is_not() {
    assertThat(
            Heap.used(
                """
                4711:
                 garbage-first heap   total reserved 262144K, committed 65536K, used 20480K [0x1, 0x2)
                  region size 1024K, 3 young (3072K), 1 survivors (1024K)
                 Metaspace       used 61440K, committed 62000K, reserved 1114112K
                  class space    used 8192K, committed 8500K, reserved 1048576K
                """))
        .isEqualTo(20);
  }

  @Test
  void generations_are_added_up() {
    assertThat(
            Heap.used(
                """
                4711:
                 def new generation   total 9792K, used 1024K [0x1, 0x2, 0x3)
                  eden space 8704K,   2% used [0x1, 0x2, 0x3)
                  from space 1088K,   0% used [0x1, 0x2, 0x3)
                 tenured generation   total 21888K, used 3072K [0x1, 0x2, 0x3)
                   the  space 21888K,  14% used [0x1, 0x2, 0x3)
                 Metaspace       used 30000K, committed 30500K, reserved 1114112K
                """))
        .isEqualTo(4);
  }
}
