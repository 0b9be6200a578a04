package dev.darkroom.rules;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** Finds tests that do not read as the specification, or that wait for time to pass. */
final class FindBadTests extends TreePathScanner<@Nullable Void, List<String>> {
  private static final Set<String> TESTS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate");

  /** Words in small letters; abbreviations, units and proper names as they are written. */
  private static final Pattern SENTENCE =
      Pattern.compile("[a-z0-9]+(_([a-z0-9]+|[A-Z][A-Za-z0-9]*))+");

  private final SourceFile file;

  /** From the outermost to the innermost. */
  private final Deque<ClassTree> within = new ArrayDeque<>();

  private FindBadTests(SourceFile file) {
    this.file = file;
  }

  static List<String> in(SourceFile file) {
    var found = new ArrayList<String>();
    file.imports()
        .filter(name -> name.contains("mockito") || name.contains("easymock"))
        .forEach(name -> found.add(file.name() + " uses " + name));
    new FindBadTests(file).scan(file.tree(), found);
    return List.copyOf(found);
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, List<String> found) {
    within.addLast(type);
    if (type.getMembers().stream()
        .anyMatch(member -> member instanceof MethodTree method && isTest(method))) {
      checkName(within.getFirst(), found);
      if (within.stream().noneMatch(FindBadTests::speaksInSentences)) {
        found.add(
            "%s %s has no @DisplayNameGeneration(ReplaceUnderscores.class)"
                .formatted(file.at(type), type.getSimpleName()));
      }
    } else if (within.size() == 1 && isNamedAsTest(type) && type.getExtendsClause() == null) {
      if (!hasNestedTests(type)) {
        found.add("%s %s tests nothing".formatted(file.at(type), type.getSimpleName()));
      }
    }
    super.visitClass(type, found);
    within.removeLast();
    return null;
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, List<String> found) {
    if (isTest(method) && !SENTENCE.matcher(method.getName()).matches()) {
      found.add("%s %s is no sentence".formatted(file.at(method), method.getName()));
    }
    return super.visitMethod(method, found);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, List<String> found) {
    if (call.getMethodSelect() instanceof MemberSelectTree select
        && (select.toString().equals("Thread.sleep")
            || select.toString().matches("(TimeUnit\\.)?[A-Z]+\\.sleep"))) {
      found.add(file.at(call) + " sleeps; await a sign instead");
    }
    return super.visitMethodInvocation(call, found);
  }

  /** The build runs no others; what is abstract is run by those that extend it. */
  private void checkName(ClassTree outermost, List<String> found) {
    var contract =
        outermost.getModifiers().getFlags().contains(Modifier.ABSTRACT)
            && outermost.getSimpleName().toString().endsWith("Contract");
    if (!isNamedAsTest(outermost) && !contract) {
      found.add(
          "%s %s ends neither in Test nor in IT, so it never runs"
              .formatted(file.at(outermost), outermost.getSimpleName()));
    }
  }

  private static boolean isNamedAsTest(ClassTree type) {
    var name = type.getSimpleName().toString();
    return name.endsWith("Test") || name.endsWith("IT");
  }

  private static boolean hasNestedTests(ClassTree type) {
    return type.getMembers().stream()
        .anyMatch(member ->
            member instanceof ClassTree nested && names(nested.getModifiers()).contains("Nested"));
  }

  private static boolean isTest(MethodTree method) {
    return names(method.getModifiers()).stream().anyMatch(TESTS::contains);
  }

  private static List<String> names(ModifiersTree modifiers) {
    return modifiers.getAnnotations().stream()
        .map(annotation -> annotation.getAnnotationType().toString())
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .toList();
  }

  /** By itself, or by the contract it extends, whose annotation it inherits. */
  private static boolean speaksInSentences(ClassTree type) {
    return String.valueOf(type.getExtendsClause()).endsWith("Contract")
        || type.getModifiers().getAnnotations().stream()
            .map(AnnotationTree::toString)
            .anyMatch(text ->
                text.contains("DisplayNameGeneration(")
                    && text.contains("ReplaceUnderscores.class"));
  }
}
