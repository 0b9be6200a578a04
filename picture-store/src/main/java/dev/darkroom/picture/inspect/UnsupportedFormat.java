package dev.darkroom.picture.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Picture formats that are not supported, recognised by their first bytes. */
enum UnsupportedFormat {
  AVIF("an AVIF"),
  HEIC("a HEIC"),
  GIF("a GIF"),
  JPEG_XL("a JPEG XL"),
  JPEG_2000("a JPEG 2000"),
  TIFF("a TIFF"),
  BMP("a BMP"),
  SVG("an SVG");

  /** Bytes needed to recognise a format: an SVG may begin with a declaration and comments. */
  static final int HEAD = 4096;

  /** After an optional byte order mark, declarations and comments. */
  private static final Pattern SVG_BEGINS =
      Pattern.compile(
          "^(?:\\xef\\xbb\\xbf)?+"
              + "(?:\\s++|<\\?[^>]*+>|<!--.*?-->|<!doctype\\s++svg[^>\\[]*+(?:\\[[^]]*+]\\s*+)?+>)*+"
              + "<(?:[a-z]++:)?+svg[\\s/>]",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private final String label;

  UnsupportedFormat(String label) {
    this.label = label;
  }

  static Optional<UnsupportedFormat> of(byte[] head) {
    var text = new String(head, ISO_8859_1);
    return Stream.of(values()).filter(format -> format.begins(text)).findFirst();
  }

  /** With an article. */
  String label() {
    return label;
  }

  private static boolean starts(String head, String hex) {
    return head.startsWith(new String(HexFormat.of().parseHex(hex), ISO_8859_1));
  }

  /** The first box of an ISO base media file names its brands (ISO/IEC 14496-12, section 4.3). */
  private static boolean isBoxOf(String head, String brands) {
    if (!head.startsWith("ftyp", 4)) {
      return false;
    }
    var length = Math.min(head.charAt(2) * 256 + head.charAt(3), head.length());
    return Pattern.compile(brands).matcher(head.substring(8, Math.max(8, length))).find();
  }

  private boolean begins(String head) {
    return switch (this) {
      case AVIF -> isBoxOf(head, "avif|avis");
      case HEIC -> isBoxOf(head, "hei[cxms]|hev[cxms]|mif1|msf1");
      case GIF -> head.matches("(?s)GIF8[79]a.{7,}"); // and the screen descriptor
      case JPEG_XL -> starts(head, "ff0a") || starts(head, "0000000c4a584c20");
      case JPEG_2000 -> starts(head, "0000000c6a502020") || starts(head, "ff4fff51");
      case TIFF -> starts(head, "49492a00") || starts(head, "4d4d002a");
      // the reserved bytes distinguish it from a text that begins with the same two letters
      case BMP -> head.startsWith("BM") && head.startsWith("\0\0\0\0", 6);
      case SVG -> SVG_BEGINS.matcher(head).find();
    };
  }
}
