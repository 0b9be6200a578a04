package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.http.BrokenResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.TruncatedResponse;
import dev.darkroom.worker.nebius.http.ContentCodings;
import dev.darkroom.worker.nebius.http.ImageHostAllowlist;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import dev.darkroom.worker.nebius.http.StoreOutputStream.StoreFailure;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** Downloads a picture of which a response brought only the URL. */
final class ImageDownloader {
  private final HttpClient http;
  private final ImageHostAllowlist hosts;

  /**
   * @param imageHttpClient sends no key, uses no proxy, and resolves names by {@code hosts}
   */
  ImageDownloader(CloseableHttpClient imageHttpClient, ImageHostAllowlist hosts) {
    this.http = imageHttpClient;
    this.hosts = hosts;
  }

  /**
   * @throws MalformedResponse if the URL is not allowed, or nothing is there
   * @throws TruncatedResponse if the host can't be reached or the download broke off: the picture
   *     is paid for, and lost
   */
  void download(String url, OutputStream draft, CancellableCall call) throws IOException {
    var request = new HttpGet(hosts.check(url));
    request.addHeader(ContentCodings.NONE);
    try {
      call.run(
          request::cancel,
          () -> {
            try {
              save(http.executeOpen(null, request, null), draft);
              return true;
            } finally {
              request.cancel();
            }
          });
    } catch (BrokenResponse | StoreFailure e) {
      throw e;
    } catch (IOException e) {
      throw new TruncatedResponse("The picture could not be downloaded", e);
    }
  }

  private static void save(ClassicHttpResponse response, OutputStream draft) throws IOException {
    if (response.getCode() != 200 || response.getEntity() == null) {
      throw new MalformedResponse(
          "The picture could not be downloaded: its host answered %d."
              .formatted(response.getCode()));
    }
    new StoreOutputStream(draft).copy(ContentCodings.decompress(response));
  }
}
