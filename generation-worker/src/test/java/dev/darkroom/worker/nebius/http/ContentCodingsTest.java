package dev.darkroom.worker.nebius.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.HeaderGroup;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ContentCodingsTest {
  private boolean closed;

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "raw deflate", "gzip, deflate"})
  void once_closed_it_decompresses_nothing_more_and_leaves_the_connection(String coding)
      throws IOException {
    var body = decompress(coding.replace("raw ", ""), compressed(coding));
    assertThat(body.read()).isEqualTo('a');
    body.close();

    assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    assertThat(closed).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "identity"})
  void what_is_not_compressed_leaves_the_connection_as_well(String coding) throws IOException {
    try (var body = decompress(coding, new byte[] {'a', 'b'})) {
      assertThat(body.read()).isEqualTo('a');
    }
    assertThat(closed).isFalse();
  }

  private InputStream decompress(String coding, byte[] body) {
    var headers = new HeaderGroup();
    headers.addHeader(new BasicHeader(HttpHeaders.CONTENT_ENCODING, coding));
    return ContentCodings.decompress(
        new ByteArrayInputStream(body) {
          @Override
          public void close() {
            closed = true;
          }
        },
        headers);
  }

  private static byte[] compressed(String coding) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = compressing(coding, bytes)) {
      out.write(new byte[] {'a', 'b', 'c'});
    }
    return bytes.toByteArray();
  }

  private static OutputStream compressing(String coding, OutputStream to) throws IOException {
    return switch (coding) {
      case "gzip" -> new GZIPOutputStream(to);
      case "deflate" -> new DeflaterOutputStream(to);
      case "raw deflate" ->
          new DeflaterOutputStream(to, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
      default -> new GZIPOutputStream(new DeflaterOutputStream(to));
    };
  }
}
