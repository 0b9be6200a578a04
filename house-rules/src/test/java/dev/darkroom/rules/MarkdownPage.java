package dev.darkroom.rules;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation. */
record MarkdownPage(Path path, String text) {
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern FENCED =
      Pattern.compile("^ {0,3}(```|~~~).*?^ {0,3}\\1", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern REFERENCE =
      Pattern.compile("^ {0,3}\\[[^]]+]:\\s*<?([^\\s>]+)", Pattern.MULTILINE);
  private static final Pattern ATTRIBUTE = Pattern.compile("\\s(?:src|href)=\"([^\"]+)\"");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*|//.*|#.*");

  /** Columns by their headings, in small letters, and the cells below. */
  record MarkdownTable(List<String> headings, List<List<String>> rows) {
    boolean has(String heading) {
      return headings.contains(heading);
    }

    String cell(List<String> row, String heading) {
      var column = headings.indexOf(heading);
      return column < row.size() ? row.get(column) : "";
    }
  }

  static List<MarkdownPage> all() {
    return Project.filesBelow(Project.ROOT, ".md").stream()
        .map(file -> new MarkdownPage(file, Project.read(file)))
        .toList();
  }

  List<MarkdownTable> tables() {
    var tables = new ArrayList<MarkdownTable>();
    List<String> above = List.of();
    for (var line : FENCED.matcher(text).replaceAll("").lines().toList()) {
      var cells = cells(line);
      if (cells.isEmpty()) {
        above = List.of();
      } else if (above.isEmpty()) {
        above = cells.stream().map(cell -> cell.toLowerCase(Locale.ROOT)).toList();
        tables.add(new MarkdownTable(above, new ArrayList<>()));
      } else if (!cells.stream().allMatch(cell -> cell.matches(":?-+:?"))) {
        tables.getLast().rows().add(cells);
      }
    }
    return List.copyOf(tables);
  }

  /** The text of the first code in a cell; the whole cell where it has none. */
  static String code(String cell) {
    var code = CODE.matcher(cell);
    return code.find() ? code.group(1).strip() : cell.strip();
  }

  /** Links to files of ours that do not exist. */
  List<String> deadLinks() {
    var prose = CODE.matcher(FENCED.matcher(text).replaceAll("")).replaceAll("");
    return Stream.of(LINK, REFERENCE, ATTRIBUTE)
        .flatMap(pattern -> pattern.matcher(prose).results())
        .map(link -> link.group(1))
        .filter(link -> !ELSEWHERE.matcher(link).matches())
        .filter(link -> !Files.exists(target(link)))
        .map(link -> path.getFileName() + " links to " + link)
        .toList();
  }

  private Path target(String link) {
    var file = link.replaceFirst("[#?].*", "").replace("%20", " ");
    return file.startsWith("/")
        ? Project.ROOT.resolve(file.substring(1))
        : path.resolveSibling(file);
  }

  private static List<String> cells(String line) {
    var row = line.strip();
    if (!row.startsWith("|")) {
      return List.of();
    }
    var inside =
        row.substring(1, row.endsWith("|") && row.length() > 1 ? row.length() - 1 : row.length());
    return Stream.of(inside.split("(?<!\\\\)\\|", -1))
        .map(cell -> cell.strip().replace("\\|", "|"))
        .toList();
  }
}
