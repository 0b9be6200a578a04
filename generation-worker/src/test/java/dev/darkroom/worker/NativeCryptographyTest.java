package dev.darkroom.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Security;
import java.util.HexFormat;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NativeCryptographyTest {
  @AfterEach
  void leave_the_other_tests_what_they_had() {
    Security.removeProvider(AmazonCorrettoCryptoProvider.PROVIDER_NAME);
  }

  @Test
  void ciphers_and_hashes_are_native_where_its_code_can_be_loaded() throws Exception {
    assumeTrue(AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError() == null);

    NativeCryptography.install();

    var sha256 = MessageDigest.getInstance("SHA-256");
    assertThat(sha256.getProvider()).isSameAs(AmazonCorrettoCryptoProvider.INSTANCE);
    assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider())
        .isSameAs(AmazonCorrettoCryptoProvider.INSTANCE);
    // FIPS 180-2, appendix B.1
    assertThat(HexFormat.of().formatHex(sha256.digest("abc".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void a_worker_asks_for_it_when_it_starts() {
    assertThat(WorkerApplication.application().getListeners())
        .hasAtLeastOneElementOfType(NativeCryptography.class);
  }
}
