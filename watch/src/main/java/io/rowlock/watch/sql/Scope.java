package io.rowlock.watch.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import org.jspecify.annotations.Nullable;

/** The tables that names in one query can mean, with what is found out about each on the way. */
final class Scope {

    /** A table, or something else that rows come from, in one query. */
    static final class Source {
        /** What columns are qualified with. */
        final String name;
        /** Null if its rows are not a table's. */
        final @Nullable String table;

        final @Nullable TableFacts facts;
        /** The columns that are read. */
        final Set<String> columns = new HashSet<>();
        /** Whether all columns are read. */
        boolean all;

        Condition condition = Condition.TRUE;

        Source(String name, @Nullable String table, @Nullable TableFacts facts) {
            this.name = name;
            this.table = table;
            this.facts = facts;
        }

        Set<String> columnsRead() {
            return all ? Set.of() : columns;
        }

        List<String> primaryKey() {
            return facts == null ? List.of() : facts.primaryKey();
        }
    }

    private final @Nullable Scope outer;
    final List<Source> sources = new ArrayList<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    void add(Source source) {
        sources.add(source);
    }

    static @Nullable String alias(@Nullable Alias alias) {
        return alias == null ? null : Names.plain(alias.getName());
    }

    /** Whose column it is, or null if that cannot be told. */
    @Nullable
    Source of(Column column) {
        Table qualifier = column.getTable();
        if (qualifier != null && qualifier.getName() != null) {
            return named(Names.plain(qualifier.getName()));
        }
        String name = Names.plain(column.getColumnName());
        Source found = null;
        for (Source source : sources) {
            if (source.facts != null && source.facts.columns().contains(name)) {
                if (found != null) {
                    return null;
                }
                found = source;
            }
        }
        if (found != null) {
            return found;
        }
        List<Source> unknown = sources.stream().filter(s -> s.facts == null).toList();
        if (unknown.size() == 1) {
            return unknown.get(0);
        }
        return outer == null || !unknown.isEmpty() ? null : outer.of(column);
    }

    /** The source of this name, here or further out. */
    @Nullable
    Source named(String name) {
        for (Source source : sources) {
            if (source.name.equals(name) || name.equals(source.table)) {
                return source;
            }
        }
        return outer == null ? null : outer.named(name);
    }
}
