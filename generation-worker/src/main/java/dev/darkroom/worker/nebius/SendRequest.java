package dev.darkroom.worker.nebius;

import java.io.ByteArrayInputStream;
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
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/** Sends requests to Nebius, each with our key, and each such that its call can end it. */
final class SendRequest {
  /** Without a charset: JSON has none (RFC 8259, section 11). */
  private static final ContentType JSON = ContentType.create("application/json");

  private final HttpClient http;
  private final URI base;
  private final HttpHost host;
  private final List<Header> headers;

  SendRequest(HttpClient http, URI base, ApiKey key) {
    this.http = http;
    this.base = base;
    this.host = HttpHost.create(base);
    var accept = new BasicHeader(HttpHeaders.ACCEPT, JSON.getMimeType());
    this.headers =
        key.isGiven()
            ? List.of(
                accept,
                ContentCodings.NONE,
                new BasicHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key.value(), true))
            : List.of(accept, ContentCodings.NONE);
  }

  /** Reads an answer while its connection is open. */
  interface Reader<T> {
    T read(Answer answer) throws IOException;
  }

  /**
   * An answer whose body is still to be read.
   *
   * @param body unpacked; ends early, or breaks off with an exception, where the connection does
   */
  record Answer(ClassicHttpResponse response, InputStream body) {
    int status() {
      return response.getCode();
    }

    @Nullable String header(String name) {
      var header = response.getFirstHeader(name);
      return header == null ? null : header.getValue();
    }
  }

  <T> T post(String path, byte[] json, List<Header> more, CallInProgress call, Reader<T> reader)
      throws IOException {
    var request = new HttpUriRequestBase("POST", base.resolve(path));
    headers.forEach(request::addHeader);
    more.forEach(request::addHeader);
    request.setEntity(new Body(json, call));
    return call.make(request::cancel, () -> exchange(request, ofNebius(reader, call)));
  }

  /** A proxy that is asked for a way to Nebius answers for itself where it opens none. */
  private static <T> Reader<T> ofNebius(Reader<T> reader, CallInProgress call) {
    return answer -> {
      if (!call.mayHaveArrived()) {
        throw new IOException(
            "a proxy on the way answered %d %s"
                .formatted(answer.status(), answer.response().getReasonPhrase()));
      }
      return reader.read(answer);
    };
  }

  <T> T get(String path, CallInProgress call, Reader<T> reader) throws IOException {
    var request = new HttpUriRequestBase("GET", base.resolve(path));
    headers.forEach(request::addHeader);
    return call.make(request::cancel, () -> exchange(request, reader));
  }

  /**
   * What is not read to its end is not worth waiting for: its connection is closed, where closing
   * the response would first read all the rest. One that was read to its end is in the pool by
   * then.
   */
  private <T> T exchange(HttpUriRequestBase request, Reader<T> reader) throws IOException {
    try {
      var response = http.executeOpen(host, request, null);
      var entity = response.getEntity();
      var content = entity == null ? InputStream.nullInputStream() : entity.getContent();
      var body = ContentCodings.unpacked(content, response);
      try {
        return reader.read(new Answer(response, body));
      } finally {
        ContentCodings.release(body);
      }
    } finally {
      request.cancel();
    }
  }

  /** Notes the moment before which Nebius has certainly not seen the request. */
  private static final class Body extends AbstractHttpEntity {
    private final byte[] json;
    private final CallInProgress call;

    Body(byte[] json, CallInProgress call) {
      super(JSON, null);
      this.json = json;
      this.call = call;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      call.sends();
      out.write(json);
    }

    @Override
    public long getContentLength() {
      return json.length;
    }

    @Override
    public InputStream getContent() {
      return new ByteArrayInputStream(json);
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public boolean isStreaming() {
      return false;
    }

    @Override
    public void close() {}
  }
}
