package io.rowlock.watch.sql;

import io.rowlock.dialect.Engine;
import io.rowlock.watch.sql.Scope.Source;
import io.rowlock.watch.trace.Access.Flag;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.ParenthesedStatement;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.delete.ParenthesedDelete;
import net.sf.jsqlparser.statement.insert.ConflictActionType;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.insert.ParenthesedInsert;
import net.sf.jsqlparser.statement.lock.LockMode;
import net.sf.jsqlparser.statement.lock.LockStatement;
import net.sf.jsqlparser.statement.merge.Merge;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.ForMode;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.Values;
import net.sf.jsqlparser.statement.select.WithItem;
import net.sf.jsqlparser.statement.truncate.Truncate;
import net.sf.jsqlparser.statement.update.ParenthesedUpdate;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.update.UpdateSet;
import net.sf.jsqlparser.statement.upsert.Upsert;
import org.jspecify.annotations.Nullable;

/** Walks one parsed statement and notes what it does to each table, in the order of the text. One statement, one thread. */
final class Collector {

    /** Rows of one INSERT that are kept apart; one with more may meet any row. */
    private static final int ROWS_MAX = Condition.CONJUNCTIONS_MAX;

    private final Engine engine;
    private final Schema schema;
    private final int parametersBefore;
    private final Set<String> derived = new HashSet<>();
    private final List<AccessTemplate> accesses = new ArrayList<>();

    /** How a query locks. */
    private record Locking(Mode mode, Set<String> only, Set<Flag> flags) {
        boolean covers(Source source) {
            return only.isEmpty() || only.contains(source.name);
        }
    }

    Collector(Engine engine, Schema schema, int parametersBefore) {
        this.engine = engine;
        this.schema = schema;
        this.parametersBefore = parametersBefore;
    }

    /** What the statement does, or null if it is of a kind that is not known here. */
    @Nullable
    List<AccessTemplate> collect(Statement statement) {
        return statement(statement) ? accesses : null;
    }

    private boolean statement(Statement statement) {
        if (statement instanceof Select select) {
            select(select, null, null);
        } else if (statement instanceof ParenthesedUpdate inner) {
            update(inner.getUpdate());
        } else if (statement instanceof ParenthesedInsert inner) {
            insert(inner.getInsert());
        } else if (statement instanceof ParenthesedDelete inner) {
            delete(inner.getDelete());
        } else if (statement instanceof Update update) {
            update(update);
        } else if (statement instanceof Insert insert) {
            insert(insert);
        } else if (statement instanceof Upsert upsert) {
            upsert(upsert);
        } else if (statement instanceof Delete delete) {
            delete(delete);
        } else if (statement instanceof Merge merge) {
            merge(merge);
        } else if (statement instanceof Truncate truncate) {
            whole(truncate.getTable(), Mode.DELETE, Set.of());
        } else if (statement instanceof LockStatement lock) {
            whole(lock.getTable(), mode(lock.getLockMode()), noWait(lock.isNoWait()));
        } else {
            return false;
        }
        return true;
    }

    /** Whether two can hold it at the same time is what counts: two can hold ROW EXCLUSIVE. */
    private static Mode mode(LockMode lock) {
        return switch (lock) {
            case Share, RowShare, RowExclusive, ShareUpdate -> Mode.LOCK_SHARED;
            default -> Mode.LOCK_EXCLUSIVE;
        };
    }

    private static Set<Flag> noWait(boolean noWait) {
        return noWait ? Set.of(Flag.NO_WAIT) : Set.of();
    }

    private void whole(Table table, Mode mode, Set<Flag> flags) {
        String name = name(table);
        if (name != null) {
            accesses.add(new AccessTemplate(name, mode, Set.of(), Condition.TRUE, List.of(), flags));
        }
    }

    // Queries.

    private void select(Select select, @Nullable Scope outer, @Nullable Locking inherited) {
        with(select.getWithItemsList());
        Locking locking = locking(select, inherited);
        if (select instanceof PlainSelect plain) {
            plain(plain, outer, locking);
        } else if (select instanceof ParenthesedSelect inner) {
            select(inner.getSelect(), outer, locking);
        } else if (select instanceof SetOperationList list) {
            list.getSelects().forEach(each -> select(each, outer, locking));
        } else if (select instanceof Values values) {
            expression(values.getExpressions(), new Scope(outer));
        }
    }

    private void with(@Nullable List<WithItem<?>> items) {
        if (items == null) {
            return;
        }
        for (WithItem<?> item : items) {
            derived.add(Names.plain(item.getUnquotedAliasName()));
            ParenthesedStatement inner = item.getParenthesedStatement();
            if (inner instanceof ParenthesedSelect select) {
                select(select, null, null);
            } else {
                statement(inner);
            }
        }
    }

    private static @Nullable Locking locking(Select select, @Nullable Locking inherited) {
        ForMode mode = select.getForMode();
        if (mode == null) {
            return inherited;
        }
        Mode lock = switch (mode) {
            case UPDATE, NO_KEY_UPDATE -> Mode.LOCK_EXCLUSIVE;
            case SHARE, KEY_SHARE -> Mode.LOCK_SHARED;
            default -> null;
        };
        if (lock == null) {
            return inherited;
        }
        Set<String> only = new HashSet<>();
        if (select.getForUpdateTables() != null) {
            select.getForUpdateTables().forEach(table -> only.add(Names.plain(table.getName())));
        }
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (select.isNoWait()) {
            flags.add(Flag.NO_WAIT);
        }
        if (select.isSkipLocked()) {
            flags.add(Flag.SKIP_LOCKED);
        }
        return new Locking(lock, only, flags);
    }

    private void plain(PlainSelect select, @Nullable Scope outer, @Nullable Locking locking) {
        Scope scope = new Scope(outer);
        List<Expression> conditions = new ArrayList<>();
        Locking inner = engine == Engine.POSTGRESQL ? locking : null;
        from(select.getFromItem(), scope, inner);
        joins(select.getJoins(), scope, conditions, inner);
        // Its own rows are reached before those of the queries in its conditions; the order of notes is the order of
        // locks.
        List<AccessTemplate> nested = nested(() -> {
            for (SelectItem<?> item :
                    select.getSelectItems() == null ? List.<SelectItem<?>>of() : select.getSelectItems()) {
                expression(item.getExpression(), scope);
            }
            conditions.forEach(condition -> expression(condition, scope));
            expression(select.getWhere(), scope);
            expression(select.getHaving(), scope);
            if (select.getGroupBy() != null && select.getGroupBy().getGroupByExpressionList() != null) {
                expression(select.getGroupBy().getGroupByExpressionList(), scope);
            }
            if (select.getOrderByElements() != null) {
                select.getOrderByElements().forEach(order -> expression(order.getExpression(), scope));
            }
        });
        conditions.add(select.getWhere());
        for (Source source : scope.sources) {
            read(source, condition(conditions, scope, source), locking);
        }
        accesses.addAll(nested);
    }

    private List<AccessTemplate> nested(Runnable walk) {
        int before = accesses.size();
        walk.run();
        List<AccessTemplate> tail = accesses.subList(before, accesses.size());
        List<AccessTemplate> nested = List.copyOf(tail);
        tail.clear();
        return nested;
    }

    private Condition condition(List<@Nullable Expression> conditions, Scope scope, Source source) {
        Condition condition = source.condition;
        for (Expression each : conditions) {
            condition = condition.and(Conditions.of(each, scope, source, parametersBefore));
        }
        return condition;
    }

    private void read(Source source, Condition condition, @Nullable Locking locking) {
        if (source.table == null || condition.isFalse()) {
            return;
        }
        Locking own = locking != null && locking.covers(source) ? locking : null;
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (own != null) {
            flags.addAll(own.flags());
        }
        if (pinsUniqueKey(source.facts, condition.pinned())) {
            flags.add(Flag.UNIQUE_COVERED);
        }
        accesses.add(new AccessTemplate(
                source.table,
                own == null ? Mode.READ : own.mode(),
                source.columnsRead(),
                condition,
                source.primaryKey(),
                flags));
    }

    private static boolean pinsUniqueKey(@Nullable TableFacts facts, Set<String> columns) {
        return facts != null && facts.uniqueKeys().stream().anyMatch(columns::containsAll);
    }

    private void from(@Nullable FromItem item, Scope scope, @Nullable Locking locking) {
        if (item instanceof Table table) {
            scope.add(source(table));
        } else if (item instanceof ParenthesedFromItem inner) {
            List<Expression> conditions = new ArrayList<>();
            from(inner.getFromItem(), scope, locking);
            joins(inner.getJoins(), scope, conditions, locking);
            conditions.forEach(condition -> expression(condition, scope));
        } else if (item instanceof Select select) {
            select(select, item instanceof LateralSubSelect ? scope : null, locking);
            derivedSource(item, scope);
        } else if (item != null) {
            derivedSource(item, scope);
        }
    }

    private static void derivedSource(FromItem item, Scope scope) {
        String alias = Scope.alias(item.getAlias());
        scope.add(new Source(alias == null ? "" : alias, null, null));
    }

    private Source source(Table table) {
        String alias = Scope.alias(table.getAlias());
        String name = name(table);
        String plain = Names.plain(table.getName());
        return new Source(
                alias == null ? plain : alias,
                name,
                name == null ? null : schema.table(name).orElse(null));
    }

    /** The name of a table as the trace has it; null if it is none: a common table expression, or the engine's own. */
    private @Nullable String name(Table table) {
        String name = Names.plain(table.getName());
        String qualifier = table.getSchemaName() == null ? "" : Names.plain(table.getSchemaName());
        if (qualifier.isEmpty() && derived.contains(name)) {
            return null;
        }
        return TableNames.of(qualifier, name, schema);
    }

    private void joins(
            @Nullable List<Join> joins, Scope scope, List<Expression> conditions, @Nullable Locking locking) {
        if (joins == null) {
            return;
        }
        for (Join join : joins) {
            int before = scope.sources.size();
            from(join.getFromItem(), scope, locking);
            boolean outer = join.isLeft() || join.isRight() || join.isFull() || join.isOuter();
            for (Expression on : join.getOnExpressions() == null ? List.<Expression>of() : join.getOnExpressions()) {
                if (!outer) {
                    conditions.add(on);
                    continue;
                }
                expression(on, scope);
                if (join.isLeft()) {
                    for (Source source : scope.sources.subList(before, scope.sources.size())) {
                        source.condition = source.condition.and(Conditions.of(on, scope, source, parametersBefore));
                    }
                }
            }
        }
    }

    // Changes.

    private void update(Update update) {
        with(update.getWithItemsList());
        Scope scope = new Scope(null);
        List<Expression> conditions = new ArrayList<>();
        Source first = source(update.getTable());
        scope.add(first);
        joins(update.getStartJoins(), scope, conditions, null);
        from(update.getFromItem(), scope, null);
        joins(update.getJoins(), scope, conditions, null);
        List<UpdateSet> sets = update.getUpdateSets();
        List<AccessTemplate> nested = nested(() -> {
            sets.forEach(set -> expression(set.getValues(), scope));
            conditions.forEach(condition -> expression(condition, scope));
            expression(update.getWhere(), scope);
        });
        conditions.add(update.getWhere());
        for (Source source : scope.sources) {
            Condition condition = condition(conditions, scope, source);
            Set<String> changed = changed(sets, scope, source, first);
            if (changed.isEmpty()) {
                read(source, condition, null);
            } else if (source.table != null && !condition.isFalse()) {
                Set<Flag> flags = flags(sets, scope, source, changed, condition);
                accesses.add(
                        new AccessTemplate(source.table, Mode.UPDATE, changed, condition, source.primaryKey(), flags));
                addParents(source, changed, rows(sets, scope, source, first));
                if (source.primaryKey().stream().anyMatch(changed::contains)) {
                    addChildren(source, condition);
                }
            }
        }
        accesses.addAll(nested);
    }

    private static Set<String> changed(List<UpdateSet> sets, Scope scope, Source source, Source first) {
        Set<String> changed = new LinkedHashSet<>();
        for (UpdateSet set : sets) {
            for (Column column : set.getColumns()) {
                if (target(column, scope, first) == source) {
                    changed.add(Names.plain(column.getColumnName()));
                }
            }
        }
        return changed;
    }

    private static Source target(Column column, Scope scope, Source first) {
        if (scope.sources.size() == 1) {
            return first;
        }
        Source of = scope.of(column);
        return of == null ? first : of;
    }

    /** The values that columns are set to, as the condition that the changed row then fulfils. */
    private Condition rows(List<UpdateSet> sets, Scope scope, Source source, Source first) {
        Condition row = Condition.TRUE;
        for (UpdateSet set : sets) {
            for (int i = 0; i < set.getColumns().size() && i < set.getValues().size(); i++) {
                Column column = set.getColumns().get(i);
                if (target(column, scope, first) == source) {
                    row = row.and(equal(
                            Names.plain(column.getColumnName()), set.getValues().get(i)));
                }
            }
        }
        return row;
    }

    private Condition equal(String column, Expression value) {
        return Condition.of(column, Operator.EQUAL, List.of(Operand.of(value, parametersBefore)));
    }

    private static Set<Flag> flags(
            List<UpdateSet> sets, Scope scope, Source source, Set<String> changed, Condition condition) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (UpdateSet set : sets) {
            for (int i = 0; i < set.getColumns().size(); i++) {
                String column = Names.plain(set.getColumns().get(i).getColumnName());
                Expression value =
                        set.getValues().get(Math.min(i, set.getValues().size() - 1));
                if (changed.contains(column)
                        && !Versions.isVersion(column)
                        && columns(value, scope, source).contains(column)) {
                    flags.add(Flag.SELF_REFERENCING);
                }
            }
        }
        for (String tested : condition.columns()) {
            if (Versions.isVersion(tested)) {
                flags.add(Flag.GUARDED);
            } else if (changed.contains(tested)) {
                flags.add(Flag.ATOMIC_TEST);
            }
        }
        if (pinsUniqueKey(source.facts, condition.pinned())) {
            flags.add(Flag.UNIQUE_COVERED);
        }
        return flags;
    }

    private static Set<String> columns(Expression expression, Scope scope, Source source) {
        Set<String> columns = new HashSet<>();
        expression.accept(
                new ExpressionVisitorAdapter<@Nullable Void>() {
                    @Override
                    public <S> @Nullable Void visit(Column column, S context) {
                        if (scope.of(column) == source) {
                            columns.add(Names.plain(column.getColumnName()));
                        }
                        return null;
                    }
                },
                null);
        return columns;
    }

    private void delete(Delete delete) {
        with(delete.getWithItemsList());
        Scope scope = new Scope(null);
        List<Expression> conditions = new ArrayList<>();
        Source first = source(delete.getTable());
        scope.add(first);
        joins(delete.getJoins(), scope, conditions, null);
        if (delete.getUsingFromItemList() != null) {
            delete.getUsingFromItemList().forEach(item -> from(item, scope, null));
        }
        List<AccessTemplate> nested = nested(() -> {
            conditions.forEach(condition -> expression(condition, scope));
            expression(delete.getWhere(), scope);
        });
        conditions.add(delete.getWhere());
        Set<String> targets = new HashSet<>();
        if (delete.getTables() != null) {
            delete.getTables().forEach(table -> targets.add(Names.plain(table.getName())));
        }
        for (Source source : scope.sources) {
            Condition condition = condition(conditions, scope, source);
            boolean target = targets.isEmpty() ? source == first : targets.contains(source.name);
            if (!target) {
                read(source, condition, null);
            } else if (source.table != null && !condition.isFalse()) {
                Set<Flag> flags = flags(List.of(), scope, source, Set.of(), condition);
                accesses.add(
                        new AccessTemplate(source.table, Mode.DELETE, Set.of(), condition, source.primaryKey(), flags));
                addChildren(source, condition);
            }
        }
        accesses.addAll(nested);
    }

    private void merge(Merge merge) {
        with(merge.getWithItemsList());
        Scope scope = new Scope(null);
        from(merge.getFromItem(), scope, null);
        whole(merge.getTable(), Mode.UPSERT, Set.of());
        scope.sources.forEach(source -> read(source, Condition.TRUE, null));
    }

    // New rows.

    private void insert(Insert insert) {
        with(insert.getWithItemsList());
        boolean ignores = insert.isModifierIgnore();
        List<UpdateSet> updates = insert.getDuplicateUpdateSets();
        if (insert.getConflictAction() != null) {
            ConflictActionType action = insert.getConflictAction().getConflictActionType();
            ignores |= action == ConflictActionType.DO_NOTHING;
            updates = insert.getConflictAction().getUpdateSets();
        }
        boolean upserts = !ignores && updates != null && !updates.isEmpty();
        Source source = source(insert.getTable());
        List<String> columns = insert.isOnlyDefaultValues()
                ? List.of()
                : columns(insert.getColumns(), insert.getSetUpdateSets(), source);
        newRows(
                source,
                upserts ? Mode.UPSERT : Mode.INSERT,
                columns,
                insert.getSelect(),
                insert.getSetUpdateSets(),
                updates == null ? List.of() : updates);
    }

    private void upsert(Upsert upsert) {
        Source source = source(upsert.getTable());
        List<UpdateSet> sets = upsert.getUpdateSets();
        newRows(
                source,
                Mode.UPSERT,
                columns(upsert.getColumns(), sets, source),
                upsert.getSelect(),
                sets,
                upsert.getDuplicateUpdateSets() == null ? List.of() : upsert.getDuplicateUpdateSets());
    }

    private static List<String> columns(@Nullable List<Column> named, @Nullable List<UpdateSet> sets, Source source) {
        List<String> columns = new ArrayList<>();
        if (named != null) {
            named.forEach(column -> columns.add(Names.plain(column.getColumnName())));
        } else if (sets != null) {
            sets.forEach(set -> columns.add(Names.plain(set.getColumn(0).getColumnName())));
        } else if (source.facts != null) {
            columns.addAll(source.facts.columns());
        }
        return columns;
    }

    private void newRows(
            Source source,
            Mode mode,
            List<String> columns,
            @Nullable Select select,
            @Nullable List<UpdateSet> sets,
            List<UpdateSet> updates) {
        Scope scope = new Scope(null);
        scope.add(source);
        List<List<Expression>> rows = new ArrayList<>();
        if (sets != null) {
            rows.add(sets.stream().<Expression>map(set -> set.getValue(0)).toList());
        } else if (select instanceof Values values) {
            rows.addAll(rows(values));
        }
        Condition condition = rows.isEmpty() || rows.size() > ROWS_MAX ? Condition.TRUE : Condition.FALSE;
        for (List<Expression> row : rows.size() > ROWS_MAX ? List.<List<Expression>>of() : rows) {
            condition = condition.or(row(columns, row));
        }
        Set<String> all = new LinkedHashSet<>(columns);
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (UpdateSet update : updates) {
            for (int i = 0; i < update.getColumns().size(); i++) {
                String column = Names.plain(update.getColumns().get(i).getColumnName());
                all.add(column);
                Expression value =
                        update.getValues().get(Math.min(i, update.getValues().size() - 1));
                if (!Versions.isVersion(column) && columns(value, scope, source).contains(column)) {
                    flags.add(Flag.SELF_REFERENCING);
                }
            }
        }
        if (pinsUniqueKey(source.facts, Set.copyOf(columns))) {
            flags.add(Flag.UNIQUE_COVERED);
        }
        if (source.table != null) {
            accesses.add(new AccessTemplate(source.table, mode, all, condition, source.primaryKey(), flags));
            addParents(source, all, condition);
        }
        rows.forEach(row -> row.forEach(value -> expression(value, scope)));
        if (select != null && !(select instanceof Values)) {
            select(select, null, null);
        }
    }

    private static List<List<Expression>> rows(Values values) {
        List<List<Expression>> rows = new ArrayList<>();
        ExpressionList<?> list = values.getExpressions();
        boolean several = !list.isEmpty() && list.stream().allMatch(each -> each instanceof ExpressionList<?>);
        if (several) {
            list.forEach(each -> rows.add(List.copyOf((ExpressionList<?>) each)));
        } else {
            rows.add(List.copyOf(list));
        }
        return rows;
    }

    private Condition row(List<String> columns, List<Expression> values) {
        Condition row = Condition.TRUE;
        for (int i = 0; i < columns.size() && i < values.size(); i++) {
            row = row.and(equal(columns.get(i), values.get(i)));
        }
        return row;
    }

    // Foreign keys.

    /** A new reference locks the row that it points to, so that this stays; SQLite only looks. */
    private void addParents(Source source, Set<String> written, Condition row) {
        if (source.facts == null) {
            return;
        }
        source.facts.references().forEach((columns, parent) -> {
            TableFacts facts = schema.table(parent).orElse(null);
            if (!written.containsAll(columns)
                    || facts == null
                    || facts.primaryKey().size() != columns.size()) {
                return;
            }
            Condition condition = Condition.FALSE;
            for (List<Condition.Part> conjunction : row.anyOf()) {
                condition = condition.or(renamed(conjunction, columns, facts.primaryKey()));
            }
            accesses.add(new AccessTemplate(
                    parent, keyLock(), Set.copyOf(facts.primaryKey()), condition, facts.primaryKey(), Set.of()));
        });
    }

    /** A row that goes, or whose key changes, is looked for in the tables that point to it. */
    private void addChildren(Source source, Condition condition) {
        if (source.table == null) {
            return;
        }
        for (TableFacts child : schema.tables().values()) {
            child.references().forEach((columns, parent) -> {
                if (!parent.equals(source.table) || source.primaryKey().size() != columns.size()) {
                    return;
                }
                Condition rows = Condition.FALSE;
                for (List<Condition.Part> conjunction : condition.anyOf()) {
                    rows = rows.or(renamed(conjunction, source.primaryKey(), columns));
                }
                accesses.add(new AccessTemplate(
                        child.name(), keyLock(), Set.copyOf(columns), rows, child.primaryKey(), Set.of()));
            });
        }
    }

    private Mode keyLock() {
        return engine == Engine.SQLITE ? Mode.READ : Mode.LOCK_SHARED;
    }

    /** What is said of some columns, said of others. */
    private static Condition renamed(List<Condition.Part> conjunction, List<String> from, List<String> to) {
        List<Condition.Part> parts = new ArrayList<>();
        for (Condition.Part part : conjunction) {
            int at = from.indexOf(part.column());
            if (at >= 0) {
                parts.add(new Condition.Part(to.get(at), part.operator(), part.operands()));
            }
        }
        return new Condition(List.of(parts));
    }

    // Expressions.

    private void expression(@Nullable Expression expression, Scope scope) {
        if (expression != null) {
            expression.accept(new Walk(scope), null);
        }
    }

    /** Notes the columns that are read, and goes into the queries in between. */
    private final class Walk extends ExpressionVisitorAdapter<@Nullable Void> {
        private final Scope scope;

        Walk(Scope scope) {
            this.scope = scope;
        }

        @Override
        public <S> @Nullable Void visit(Column column, S context) {
            Source source = scope.of(column);
            if (source != null) {
                source.columns.add(Names.plain(column.getColumnName()));
            }
            return null;
        }

        @Override
        public <S> @Nullable Void visit(AllColumns all, S context) {
            scope.sources.forEach(source -> source.all = true);
            return null;
        }

        @Override
        public <S> @Nullable Void visit(AllTableColumns all, S context) {
            Source source = scope.named(Names.plain(all.getTable().getName()));
            if (source != null) {
                source.all = true;
            }
            return null;
        }

        @Override
        public <S> @Nullable Void visit(ParenthesedSelect select, S context) {
            select(select, scope, null);
            return null;
        }

        @Override
        public <S> @Nullable Void visit(Select select, S context) {
            select(select, scope, null);
            return null;
        }

        @Override
        public <S> @Nullable Void visit(Function function, S context) {
            AdvisoryLocks.of(function, parametersBefore).ifPresent(accesses::add);
            return super.visit(function, context);
        }
    }
}
