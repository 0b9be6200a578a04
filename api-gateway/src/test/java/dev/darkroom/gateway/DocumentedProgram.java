package dev.darkroom.gateway;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program as docs/events.md has it, in a process of its own, with what the page says it needs.
 */
record DocumentedProgram(Process process, List<String> printed) implements AutoCloseable {
  private static final Path PAGE = Path.of("..", "docs", "events.md");
  private static final Pattern PROGRAM = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern NEEDED =
      Pattern.compile(
          "(kafka-clients|slf4j-api|jackson-(core|databind|annotations))-[0-9].*\\.jar");

  /** Compiles and starts it. */
  static DocumentedProgram start(String name, String... arguments) throws IOException {
    var file = RunningGateway.temporaryDirectory().resolve(name + ".java");
    Files.writeString(file, source(name));
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp", classPath(), file.toString()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var printed = new CopyOnWriteArrayList<String>();
    Thread.ofVirtual().start(() -> read(process, printed));
    return new DocumentedProgram(process, printed);
  }

  private static void read(Process process, List<String> printed) {
    try (var output = process.inputReader()) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        printed.add(line);
      }
    } catch (IOException e) {
      printed.add("the program was ended");
    }
  }

  private static String source(String name) throws IOException {
    return PROGRAM
        .matcher(Files.readString(PAGE))
        .results()
        .map(found -> found.group(1))
        .filter(program -> program.contains("public class " + name + " "))
        .findFirst()
        .orElseThrow();
  }

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> NEEDED.matcher(Path.of(entry).getFileName().toString()).matches())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
