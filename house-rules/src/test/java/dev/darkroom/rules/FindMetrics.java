package dev.darkroom.rules;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.TreePathScanner;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the names of the meters that a source registers. */
final class FindMetrics extends TreePathScanner<@Nullable Void, Set<String>> {
  private static final Set<String> REGISTERING =
      Set.of("builder", "counter", "gauge", "summary", "timer");

  /** Of the registry itself; only a builder takes a description. */
  private static final Set<String> SHORTCUTS = Set.of("counter", "gauge", "summary", "timer");

  private final boolean onlyWithoutHelp;

  private FindMetrics(boolean onlyWithoutHelp) {
    this.onlyWithoutHelp = onlyWithoutHelp;
  }

  /** Names of meters that are registered in a way that leaves them without a description. */
  static Set<String> withoutHelpIn(SourceFile file) {
    var found = new TreeSet<String>();
    new FindMetrics(true).scan(file.tree(), found);
    return Set.copyOf(found);
  }

  static Set<String> in(SourceFile file) {
    var found = new TreeSet<String>();
    new FindMetrics(false).scan(file.tree(), found);
    return Set.copyOf(found);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, Set<String> found) {
    var name =
        switch (call.getMethodSelect()) {
          case MemberSelectTree select -> select.getIdentifier().toString();
          case IdentifierTree identifier -> identifier.getName().toString();
          default -> "";
        };
    if (onlyWithoutHelp ? SHORTCUTS.contains(name) : REGISTERING.contains(name)) {
      var arguments = call.getArguments();
      for (var argument :
          onlyWithoutHelp ? arguments.subList(0, Math.min(1, arguments.size())) : arguments) {
        if (argument instanceof LiteralTree literal
            && literal.getValue() instanceof String text
            && text.matches("darkroom(\\.[a-z]+)+")) {
          found.add(text);
        }
      }
    }
    return super.visitMethodInvocation(call, found);
  }
}
