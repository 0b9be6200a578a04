package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
import dev.darkroom.worker.nebius.ReadReply.CutReply;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** Fetches a picture that did not come with its answer, from where the answer says it lies. */
final class FetchPicture {
  private final HttpClient http;
  private final PictureHosts hosts;

  /**
   * @param http a client that sends no key, goes through no proxy, and asks {@code hosts} for names
   */
  FetchPicture(HttpClient http, PictureHosts hosts) {
    this.http = http;
    this.hosts = hosts;
  }

  /**
   * @throws BadReply where the address is not one to fetch from, or nothing is there
   * @throws CutReply where the picture could not be reached or broke off: it is paid for, and lost
   */
  void into(OutputStream draft, String address, CallInProgress call) throws IOException {
    var request = new HttpGet(hosts.checked(address));
    request.addHeader(ContentCodings.NONE);
    try {
      call.make(
          request::cancel,
          () -> {
            try {
              save(http.executeOpen(null, request, null), draft);
              return true;
            } finally {
              request.cancel();
            }
          });
    } catch (BadReply | ToStore.StoreRefused e) {
      throw e;
    } catch (IOException e) {
      throw new CutReply("The picture could not be fetched", e);
    }
  }

  private static void save(ClassicHttpResponse response, OutputStream draft) throws IOException {
    var picture = response.getEntity();
    if (response.getCode() != 200 || picture == null) {
      throw new BadReply(
          "The picture could not be fetched: its host answered %d.".formatted(response.getCode()));
    }
    var store = new ToStore(draft);
    var content = ContentCodings.unpacked(picture.getContent(), response);
    try {
      content.transferTo(store);
    } catch (IOException e) {
      store.blameStoreIfItFailed();
      throw e;
    } finally {
      ContentCodings.release(content);
    }
  }
}
