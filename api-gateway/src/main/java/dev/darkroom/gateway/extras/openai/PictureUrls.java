package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.ForwardedPrefix;
import dev.darkroom.messaging.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;

/**
 * Whole URLs of pictures: clients of OpenAI's API fetch them as they are. They begin with the
 * configured public URL, or with the host that the request was sent to.
 */
record PictureUrls(String base, String prefix, ReplyLinks links) {
  static PictureUrls of(HttpServletRequest request, PublicUrl publicUrl) {
    return publicUrl.isKnown()
        ? new PictureUrls(publicUrl.base(), ForwardedPrefix.of(request), ReplyLinks.of(request))
        : new PictureUrls(hostOf(request), "", ReplyLinks.of(request));
  }

  private static String hostOf(HttpServletRequest request) {
    var scheme = request.getScheme();
    var port = request.getServerPort();
    var isUsual = port == (scheme.equals("https") ? 443 : 80);
    return "%s://%s%s".formatted(scheme, request.getServerName(), isUsual ? "" : ":" + port);
  }

  /**
   * @param stored path of the picture in the ledger, or a whole URL of an older service
   */
  String of(String stored) {
    var link = Objects.requireNonNull(links.toPicture(stored), "a path has a link");
    return link.startsWith("/") ? base + link.substring(prefix.length()) : link;
  }
}
