package dev.darkroom.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * What a browser fetches to show a page for the first time: the page, and every file that it or one
 * of its scripts names.
 *
 * @param missing what is named and not there
 * @param compressedBytes of all files, each compressed by itself
 */
record FirstView(List<String> missing, long compressedBytes) {
  /** In HTML as attributes, in modules as imports. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:(?:href|src)=\"|(?:import|from) ')(?!data:)([^\"']+\\.(?:js|css|svg))[\"']");

  static FirstView of(RunningGateway gateway, String page) {
    var bodies = new LinkedHashMap<String, String>();
    var missing = new ArrayList<String>();
    var named = new ArrayDeque<>(List.of(page));
    while (!named.isEmpty()) {
      var path = named.remove();
      if (bodies.containsKey(path)) {
        continue;
      }
      var reply = gateway.get(path);
      bodies.put(path, reply.body());
      if (reply.status() != 200) {
        missing.add(path);
      }
      NAMED
          .matcher(reply.body())
          .results()
          .map(found -> URI.create(path).resolve(found.group(1)).getPath())
          .forEach(named::add);
    }
    return new FirstView(List.copyOf(missing), compressed(bodies));
  }

  private static long compressed(Map<String, String> bodies) {
    return bodies.values().stream().mapToLong(FirstView::compressed).sum();
  }

  private static long compressed(String body) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.size();
  }
}
