package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.http.ApiKey;
import dev.darkroom.worker.nebius.http.ContentCodings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/** Sends requests to Nebius with our key; each can be cancelled through its call. */
final class NebiusTransport {
  /** Without a charset: JSON has none (RFC 8259, section 11). */
  private static final ContentType JSON = ContentType.create("application/json");

  private final HttpClient http;
  private final URI base;
  private final HttpHost host;
  private final ApiKey key;

  NebiusTransport(HttpClient http, URI base, ApiKey key) {
    this.http = http;
    this.base = base;
    this.host = HttpHost.create(base);
    this.key = key;
  }

  /** Reads a response while its connection is open. */
  interface ResponseReader<T> {
    T read(NebiusResponse response) throws IOException;
  }

  /**
   * A response whose body is still to be read.
   *
   * @param body decompressed; ends early, or fails, where the connection does
   */
  record NebiusResponse(ClassicHttpResponse response, InputStream body) {
    int status() {
      return response.getCode();
    }

    @Nullable String header(String name) {
      var header = response.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }
  }

  <T> T post(
      String path, byte[] json, List<Header> more, CancellableCall call, ResponseReader<T> reader)
      throws IOException {
    var request = request("POST", path);
    more.forEach(request::addHeader);
    request.setEntity(
        new HttpEntityWrapper(new ByteArrayEntity(json, JSON)) {
          @Override
          public void writeTo(OutputStream out) throws IOException {
            call.markSent();
            super.writeTo(out);
          }
        });
    return call.run(request::cancel, () -> exchange(request, unlessOfProxy(reader, call)));
  }

  <T> T get(String path, CancellableCall call, ResponseReader<T> reader) throws IOException {
    var request = request("GET", path);
    return call.run(request::cancel, () -> exchange(request, reader));
  }

  private HttpUriRequestBase request(String method, String path) {
    var request = new HttpUriRequestBase(method, base.resolve(path));
    request.addHeader(HttpHeaders.ACCEPT, JSON.getMimeType());
    request.addHeader(ContentCodings.NONE);
    if (key.isGiven()) {
      request.addHeader(new BasicHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key.value(), true));
    }
    return request;
  }

  /** A proxy that opens no tunnel answers instead of Nebius, before the request was sent. */
  private static <T> ResponseReader<T> unlessOfProxy(
      ResponseReader<T> reader, CancellableCall call) {
    return response -> {
      if (!call.mayHaveArrived()) {
        throw new IOException(
            "the proxy answered %d %s"
                .formatted(response.status(), response.response().getReasonPhrase()));
      }
      return reader.read(response);
    };
  }

  /**
   * Cancels the request at the end: closing a response that was not read to its end would first
   * read all the rest. The connection of one that was read is in the pool by then.
   */
  private <T> T exchange(HttpUriRequestBase request, ResponseReader<T> reader) throws IOException {
    try {
      var response = http.executeOpen(host, request, null);
      return reader.read(new NebiusResponse(response, ContentCodings.decompress(response)));
    } finally {
      request.cancel();
    }
  }
}
