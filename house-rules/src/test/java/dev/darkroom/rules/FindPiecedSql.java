package dev.darkroom.rules;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Finds SQL that is put together from pieces. A statement stands whole beside its call: a literal,
 * a constant that is one, or the parameter of a private method that is only ever given literals.
 */
final class FindPiecedSql extends TreePathScanner<@Nullable Void, List<String>> {
  private static final Pattern SQL =
      Pattern.compile(
          "\\s*(select\\s|insert\\s+into\\s|update\\s+\\S+\\s+set\\s|delete\\s+from\\s|with\\s+\\w+\\s+as\\s*\\().*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Set<String> PIECING =
      Set.of("formatted", "format", "replace", "replaceAll", "concat", "append", "join");

  private final SourceFile file;

  private FindPiecedSql(SourceFile file) {
    this.file = file;
  }

  static List<String> in(SourceFile file) {
    var found = new ArrayList<String>();
    new FindPiecedSql(file).scan(file.tree(), found);
    return List.copyOf(found);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, List<String> found) {
    if (nameOf(call).equals("sql")
        && call.getArguments().size() == 1
        && !isWhole(call.getArguments().getFirst(), getCurrentPath())) {
      found.add(file.at(call.getArguments().getFirst()) + " this SQL is not one literal");
    }
    if (PIECING.contains(nameOf(call))
        && (call.getArguments().stream().anyMatch(FindPiecedSql::isSql)
            || (call.getMethodSelect() instanceof MemberSelectTree select
                && isSql(select.getExpression())))) {
      found.add(file.at(call) + " this SQL is put together with " + nameOf(call));
    }
    return super.visitMethodInvocation(call, found);
  }

  @Override
  public @Nullable Void visitBinary(BinaryTree sum, List<String> found) {
    if (sum.getKind() == Tree.Kind.PLUS
        && (isSql(sum.getLeftOperand()) || isSql(sum.getRightOperand()))) {
      found.add(file.at(sum) + " this SQL is put together with +");
    }
    return super.visitBinary(sum, found);
  }

  @Override
  public @Nullable Void visitCompoundAssignment(CompoundAssignmentTree sum, List<String> found) {
    if (isSql(sum.getExpression())) {
      found.add(file.at(sum) + " this SQL is put together with +=");
    }
    return super.visitCompoundAssignment(sum, found);
  }

  private static boolean isSql(ExpressionTree part) {
    return part instanceof LiteralTree literal
        && literal.getValue() instanceof String text
        && SQL.matcher(text).matches();
  }

  private boolean isWhole(ExpressionTree sql, TreePath where) {
    return switch (sql) {
      case LiteralTree _ -> true;
      case ParenthesizedTree inner -> isWhole(inner.getExpression(), where);
      case ConditionalExpressionTree choice ->
          isWhole(choice.getTrueExpression(), where) && isWhole(choice.getFalseExpression(), where);
      case IdentifierTree name -> isConstant(name, where) || isGivenWhole(name, where);
      default -> false;
    };
  }

  private static boolean isConstant(IdentifierTree name, TreePath where) {
    var type = enclosing(where, ClassTree.class);
    return type != null
        && type.getMembers().stream()
            .anyMatch(member ->
                member instanceof VariableTree field
                    && field.getName().equals(name.getName())
                    && field.getModifiers().getFlags().contains(Modifier.FINAL)
                    && field.getInitializer() instanceof LiteralTree);
  }

  /** Passed on by a private method, all of whose callers say it whole. */
  private boolean isGivenWhole(IdentifierTree name, TreePath where) {
    var method = enclosing(where, MethodTree.class);
    if (method == null || !method.getModifiers().getFlags().contains(Modifier.PRIVATE)) {
      return false;
    }
    var names = method.getParameters().stream().map(VariableTree::getName).toList();
    var position = names.indexOf(name.getName());
    if (position < 0) {
      return false;
    }
    var calls = new ArrayList<MethodInvocationTree>();
    new CallsOf(method.getName().toString()).scan(file.tree(), calls);
    return !calls.isEmpty()
        && calls.stream()
            .allMatch(call ->
                call.getArguments().size() > position
                    && call.getArguments().get(position) instanceof LiteralTree);
  }

  private static <T extends Tree> @Nullable T enclosing(TreePath where, Class<T> kind) {
    for (TreePath path = where; path != null; path = path.getParentPath()) {
      if (kind.isInstance(path.getLeaf())) {
        return kind.cast(path.getLeaf());
      }
    }
    return null;
  }

  private static String nameOf(MethodInvocationTree call) {
    return switch (call.getMethodSelect()) {
      case MemberSelectTree select -> select.getIdentifier().toString();
      case IdentifierTree name -> name.getName().toString();
      default -> "";
    };
  }

  private static final class CallsOf
      extends TreePathScanner<@Nullable Void, List<MethodInvocationTree>> {
    private final String method;

    CallsOf(String method) {
      this.method = method;
    }

    @Override
    public @Nullable Void visitMethodInvocation(
        MethodInvocationTree call, List<MethodInvocationTree> found) {
      if (nameOf(call).equals(method)) {
        found.add(call);
      }
      return super.visitMethodInvocation(call, found);
    }
  }
}
