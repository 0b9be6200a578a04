package dev.darkroom.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A source as the compiler reads it: for rules about what class files no longer show. */
record SourceFile(String name, String text, CompilationUnitTree tree, SourcePositions positions) {

  /** All of one kind, such as src/main/java, from all modules; without the fixtures. */
  static List<SourceFile> all(String folder) {
    var texts =
        Pom.parent().modules().stream()
            .flatMap(module -> Project.javaFiles(module, folder))
            .map(file -> new Text(nameOf(file), Project.read(file)))
            .filter(text -> !text.name.contains("/rules/fixtures/"))
            .toList();
    return parse(texts);
  }

  static SourceFile of(String name, String text) {
    return parse(List.of(new Text(name, text))).getFirst();
  }

  /**
   * @throws IllegalArgumentException for what is no Java: a rule must not pass because it could not
   *     read
   */
  private static List<SourceFile> parse(List<Text> texts) {
    var compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "no JDK");
    var problems = new DiagnosticCollector<JavaFileObject>();
    var task =
        (JavacTask) compiler.getTask(null, null, problems, List.of("-proc:none"), null, texts);
    try {
      var files = new ArrayList<SourceFile>();
      for (var tree : task.parse()) {
        var source = tree.getSourceFile();
        files.add(
            new SourceFile(
                source.toUri().getPath().substring(1),
                source.getCharContent(true).toString(),
                tree,
                Trees.instance(task).getSourcePositions()));
      }
      if (!problems.getDiagnostics().isEmpty() || files.size() != texts.size()) {
        throw new IllegalArgumentException("no Java: " + problems.getDiagnostics());
      }
      return List.copyOf(files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Stream<String> imports() {
    return tree.getImports().stream().map(one -> one.getQualifiedIdentifier().toString());
  }

  /** File and line. */
  String at(Tree part) {
    return name + ":" + tree.getLineMap().getLineNumber(positions.getStartPosition(tree, part));
  }

  private static String nameOf(Path file) {
    return Project.ROOT.relativize(file).toString().replace('\\', '/');
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String name;
    private final String text;

    Text(String name, String text) {
      super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
      this.name = name;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
