package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.submit.RequestBody.Unreadable;
import dev.darkroom.gateway.submit.RequestBody.Utf8Text;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BodyReaderTest {
  private final AtomicInteger reading = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  /** One client could hold all threads of the server. */
  @Test
  @Timeout(60)
  void of_one_client_only_so_many_bodies_are_awaited_at_once() throws Exception {
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < BodyReader.PER_CLIENT; i++) {
      threads.add(Thread.startVirtualThread(() -> RequestBody.of(slow("192.0.2.1"))));
    }
    try {
      await().until(() -> reading.get() == BodyReader.PER_CLIENT);

      assertThat(RequestBody.of(slow("192.0.2.1")))
          .isInstanceOfSatisfying(
              Unreadable.class,
              refused -> {
                var reply = refused.problem().answer();
                assertThat(reply.getStatusCode().value()).isEqualTo(429);
                assertThat(reply.getHeaders().getFirst("Retry-After")).isEqualTo("5");
              });
      assertThat(RequestBody.of(arrived("192.0.2.1"))).isEqualTo(new Utf8Text("{}"));
      assertThat(RequestBody.of(chunked("192.0.2.2"))).isEqualTo(new Utf8Text("{}"));
    } finally {
      end.countDown();
    }
    for (var thread : threads) {
      thread.join();
    }
    assertThat(RequestBody.of(chunked("192.0.2.1"))).isEqualTo(new Utf8Text("{}"));
  }

  private static MockHttpServletRequest arrived(String client) {
    var request = new MockHttpServletRequest();
    request.setRemoteAddr(client);
    request.setContent(new byte[] {'{', '}'});
    return request;
  }

  private static MockHttpServletRequest chunked(String client) {
    var request = new UnannouncedRequest(arrived(client).getInputStream());
    request.setRemoteAddr(client);
    return request;
  }

  private MockHttpServletRequest slow(String client) {
    var request = new UnannouncedRequest(new SlowBody());
    request.setRemoteAddr(client);
    return request;
  }

  private static final class UnannouncedRequest extends MockHttpServletRequest {
    private final ServletInputStream body;

    UnannouncedRequest(ServletInputStream body) {
      this.body = body;
    }

    @Override
    public ServletInputStream getInputStream() {
      return body;
    }
  }

  private final class SlowBody extends ServletInputStream {
    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      return read();
    }

    @Override
    public int read() throws IOException {
      reading.incrementAndGet();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
      return -1;
    }

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
