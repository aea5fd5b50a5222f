package io.rowlock.watch.sql;

import io.rowlock.watch.sql.Condition.Part;
import io.rowlock.watch.sql.Scope.Source;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.BinaryExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NotExpression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.conditional.OrExpression;
import net.sf.jsqlparser.expression.operators.relational.Between;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.GreaterThan;
import net.sf.jsqlparser.expression.operators.relational.GreaterThanEquals;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.IsNullExpression;
import net.sf.jsqlparser.expression.operators.relational.LikeExpression;
import net.sf.jsqlparser.expression.operators.relational.MinorThan;
import net.sf.jsqlparser.expression.operators.relational.MinorThanEquals;
import net.sf.jsqlparser.expression.operators.relational.NotEqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Values;
import org.jspecify.annotations.Nullable;

/** What a WHERE clause says of the rows of one source. */
final class Conditions {

    private static final Map<Operator, Operator> NEGATED = Map.of(
            Operator.EQUAL, Operator.NOT_EQUAL,
            Operator.NOT_EQUAL, Operator.EQUAL,
            Operator.LESS, Operator.GREATER_OR_EQUAL,
            Operator.GREATER_OR_EQUAL, Operator.LESS,
            Operator.GREATER, Operator.LESS_OR_EQUAL,
            Operator.LESS_OR_EQUAL, Operator.GREATER,
            Operator.IS_NULL, Operator.IS_NOT_NULL,
            Operator.IS_NOT_NULL, Operator.IS_NULL);

    private static final Map<Operator, Operator> MIRRORED = Map.of(
            Operator.LESS, Operator.GREATER,
            Operator.GREATER, Operator.LESS,
            Operator.LESS_OR_EQUAL, Operator.GREATER_OR_EQUAL,
            Operator.GREATER_OR_EQUAL, Operator.LESS_OR_EQUAL);

    private final Scope scope;
    private final Source source;
    private final int parametersBefore;

    private Conditions(Scope scope, Source source, int parametersBefore) {
        this.scope = scope;
        this.source = source;
        this.parametersBefore = parametersBefore;
    }

    static Condition of(@Nullable Expression where, Scope scope, Source source, int parametersBefore) {
        return where == null ? Condition.TRUE : new Conditions(scope, source, parametersBefore).of(where);
    }

    private Condition of(Expression expression) {
        if (expression instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            return of(list.get(0));
        } else if (expression instanceof AndExpression and) {
            return of(and.getLeftExpression()).and(of(and.getRightExpression()));
        } else if (expression instanceof OrExpression or) {
            return of(or.getLeftExpression()).or(of(or.getRightExpression()));
        } else if (expression instanceof NotExpression not) {
            return negated(of(not.getExpression()));
        } else if (expression instanceof InExpression in) {
            return ofIn(in);
        } else if (expression instanceof Between between && !between.isNot()) {
            return compared(
                    between.getLeftExpression(),
                    Operator.BETWEEN,
                    List.of(operand(between.getBetweenExpressionStart()), operand(between.getBetweenExpressionEnd())));
        } else if (expression instanceof IsNullExpression test) {
            return compared(
                    test.getLeftExpression(), test.isNot() ? Operator.IS_NOT_NULL : Operator.IS_NULL, List.of());
        } else if (expression instanceof LikeExpression like && !like.isNot()) {
            boolean plain = like.getEscape() == null && like.getLikeKeyWord() == LikeExpression.KeyWord.LIKE;
            return plain
                    ? compared(like.getLeftExpression(), Operator.LIKE, List.of(operand(like.getRightExpression())))
                    : Condition.TRUE;
        } else if (expression instanceof BinaryExpression binary) {
            return ofComparison(binary);
        }
        return Condition.TRUE;
    }

    /** Only a single comparison can be negated without knowing what was left out. */
    private static Condition negated(Condition condition) {
        if (condition.anyOf().size() != 1 || condition.anyOf().get(0).size() != 1) {
            return Condition.TRUE;
        }
        Part part = condition.anyOf().get(0).get(0);
        Operator operator = NEGATED.get(part.operator());
        return operator == null ? Condition.TRUE : Condition.of(part.column(), operator, part.operands());
    }

    private Condition ofComparison(BinaryExpression comparison) {
        Operator operator = operator(comparison);
        if (operator == null) {
            return Condition.TRUE;
        }
        Expression left = comparison.getLeftExpression();
        Expression right = comparison.getRightExpression();
        if (left instanceof LongValue a && right instanceof LongValue b && operator == Operator.EQUAL) {
            return a.getBigIntegerValue().equals(b.getBigIntegerValue()) ? Condition.TRUE : Condition.FALSE;
        }
        if (operator == Operator.EQUAL && left instanceof ExpressionList<?> columns && columns.size() > 1) {
            return right instanceof ExpressionList<?> values ? row(columns, values) : Condition.TRUE;
        }
        if (column(left) == null && column(right) != null) {
            return compared(right, MIRRORED.getOrDefault(operator, operator), List.of(operand(left)));
        }
        return compared(left, operator, List.of(operand(right)));
    }

    private static @Nullable Operator operator(BinaryExpression comparison) {
        if (comparison instanceof EqualsTo) {
            return Operator.EQUAL;
        } else if (comparison instanceof NotEqualsTo) {
            return Operator.NOT_EQUAL;
        } else if (comparison instanceof GreaterThan) {
            return Operator.GREATER;
        } else if (comparison instanceof GreaterThanEquals) {
            return Operator.GREATER_OR_EQUAL;
        } else if (comparison instanceof MinorThan) {
            return Operator.LESS;
        } else if (comparison instanceof MinorThanEquals) {
            return Operator.LESS_OR_EQUAL;
        }
        return null;
    }

    private Condition ofIn(InExpression in) {
        List<Expression> alternatives = alternatives(in.getRightExpression());
        if (in.isNot() || alternatives.isEmpty()) {
            return Condition.TRUE;
        }
        if (in.getLeftExpression() instanceof ExpressionList<?> columns && columns.size() > 1) {
            Condition any = Condition.FALSE;
            for (Expression alternative : alternatives) {
                any = any.or(alternative instanceof ExpressionList<?> values ? row(columns, values) : Condition.TRUE);
            }
            return any;
        }
        return compared(
                in.getLeftExpression(),
                Operator.IN,
                alternatives.stream().map(this::operand).toList());
    }

    /** What a value may be, as a list or as VALUES; empty if that is told by a query. */
    private static List<Expression> alternatives(Expression right) {
        if (right instanceof ParenthesedSelect select && select.getSelect() instanceof Values values) {
            return List.copyOf(values.getExpressions());
        }
        if (right instanceof ParenthesedExpressionList<?> list) {
            return List.copyOf(list);
        }
        return List.of();
    }

    private Condition row(ExpressionList<?> columns, ExpressionList<?> values) {
        Condition all = Condition.TRUE;
        for (int i = 0; i < columns.size() && i < values.size(); i++) {
            all = all.and(compared(columns.get(i), Operator.EQUAL, List.of(operand(values.get(i)))));
        }
        return all;
    }

    private Condition compared(Expression left, Operator operator, List<Operand> operands) {
        Column column = column(left);
        if (column == null || scope.of(column) != source) {
            return Condition.TRUE;
        }
        return Condition.of(Names.plain(column.getColumnName()), operator, operands);
    }

    private static @Nullable Column column(Expression expression) {
        if (expression instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            return column(list.get(0));
        }
        return expression instanceof Column column ? column : null;
    }

    private Operand operand(Expression expression) {
        return Operand.of(expression, parametersBefore);
    }
}
