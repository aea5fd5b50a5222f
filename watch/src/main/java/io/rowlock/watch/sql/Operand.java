package io.rowlock.watch.sql;

import java.util.List;
import java.util.Optional;
import net.sf.jsqlparser.expression.BooleanValue;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.DoubleValue;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.LongValue;
import net.sf.jsqlparser.expression.NullValue;
import net.sf.jsqlparser.expression.SignedExpression;
import net.sf.jsqlparser.expression.StringValue;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import org.jspecify.annotations.Nullable;

/** A value in a statement: written there, bound later, or computed by the engine and so unknown. */
sealed interface Operand {

    /** Written in the statement. */
    record Literal(@Nullable Object value) implements Operand {}

    /**
     * Bound to a parameter.
     *
     * @param index from 0
     */
    record Parameter(int index) implements Operand {}

    /** Not known before the engine computes it. */
    record Unknown() implements Operand {}

    /** A value that is known; it may be null. */
    record Known(@Nullable Object value) {}

    /** The value, if it is known. */
    default Optional<Known> bind(List<@Nullable Object> values) {
        if (this instanceof Literal literal) {
            return Optional.of(new Known(literal.value()));
        }
        if (this instanceof Parameter parameter && parameter.index() < values.size()) {
            return Optional.of(new Known(values.get(parameter.index())));
        }
        return Optional.empty();
    }

    /** Whether its value can be known at all. */
    default boolean isKnowable() {
        return !(this instanceof Unknown);
    }

    static Operand of(@Nullable Expression expression, int parametersBefore) {
        if (expression instanceof JdbcParameter parameter && parameter.getIndex() != null) {
            return new Parameter(parametersBefore + parameter.getIndex() - 1);
        } else if (expression instanceof StringValue text) {
            // What a backslash means is the engine's, and its settings', to say.
            String value = text.getNotExcapedValue();
            return value.indexOf('\\') < 0 ? new Literal(value) : new Unknown();
        } else if (expression instanceof LongValue number) {
            return new Literal(number.getBigIntegerValue());
        } else if (expression instanceof DoubleValue number) {
            return new Literal(number.getValue());
        } else if (expression instanceof BooleanValue truth) {
            return new Literal(truth.getValue());
        } else if (expression instanceof NullValue) {
            return new Literal(null);
        } else if (expression instanceof CastExpression cast) {
            return of(cast.getLeftExpression(), parametersBefore);
        } else if (expression instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            return of(list.get(0), parametersBefore);
        } else if (expression instanceof SignedExpression signed
                && signed.getExpression() instanceof LongValue number) {
            return new Literal(
                    signed.getSign() == '-' ? number.getBigIntegerValue().negate() : number.getBigIntegerValue());
        }
        return new Unknown();
    }
}
