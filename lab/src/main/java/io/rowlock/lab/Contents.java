package io.rowlock.lab;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.watch.sql.Schema;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all tables of a schema, as they were at one moment. What services have set up once is put back in front of each
 * run:
 *
 * <pre>{@code
 * accounts.open("ann", 100);                     // by the service itself, whatever tables that takes
 * Contents asSetUp = Contents.of(connection);
 * Scenario scenario = Scenario.named("two who pay").reset(asSetUp::putBack);
 * }</pre>
 *
 * <p><b>Holds when</b> nobody else writes, and on PostgreSQL the kept rows refer to each other without a circle of tables; what
 * is removed may. <b>Breaks when</b> a table has columns that cannot be written (generated ones). Safe for use by many threads.
 */
public final class Contents {
    private final Engine engine;
    private final List<Kept> tables;

    /** A table, and its rows. Quoted names. */
    private record Kept(String name, List<String> columns, List<List<@Nullable Object>> rows) {

        /** Whether a row has a value in a column, whose name is in lower case. */
        boolean fills(String column, String quote) {
            int index = columns.stream()
                    .map(each -> each.toLowerCase(Locale.ROOT))
                    .toList()
                    .indexOf(quote + column + quote);
            return index < 0 || rows.stream().anyMatch(row -> row.get(index) != null);
        }
    }

    private Contents(Engine engine, List<Kept> tables) {
        this.engine = engine;
        this.tables = tables;
    }

    /** The rows that there are now. */
    public static Contents of(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        String quote = meta.getIdentifierQuoteString();
        Map<String, Kept> kept = new TreeMap<>();
        try (ResultSet found =
                meta.getTables(connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (found.next()) {
                String table = found.getString("TABLE_NAME");
                kept.put(table, read(connection, quote + table + quote, quote));
            }
        }
        List<Kept> ordered = parentsFirst(connection, kept, quote).stream()
                .map(table -> Objects.requireNonNull(kept.get(table)))
                .toList();
        return new Contents(EngineProfile.read(connection).engine(), ordered);
    }

    private static Kept read(Connection connection, String table, String quote) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT * FROM " + table)) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                columns.add(quote + found.getMetaData().getColumnName(i) + quote);
            }
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (found.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= columns.size(); i++) {
                    row.add(found.getObject(i));
                }
                rows.add(Collections.unmodifiableList(row));
            }
            return new Kept(table, List.copyOf(columns), List.copyOf(rows));
        }
    }

    /** A table comes after those that its rows refer to; that they might is not enough. */
    private static Set<String> parentsFirst(Connection connection, Map<String, Kept> kept, String quote)
            throws SQLException {
        Schema schema = Schema.read(connection);
        Map<String, String> names = new TreeMap<>();
        kept.keySet().forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
        Map<String, Set<String>> parents = new TreeMap<>();
        names.forEach((lower, name) -> {
            Kept table = Objects.requireNonNull(kept.get(name));
            Set<String> mine = new LinkedHashSet<>();
            schema.table(lower)
                    .ifPresent(facts -> facts.references().forEach((columns, parent) -> {
                        String other = names.get(parent);
                        if (other != null && columns.stream().anyMatch(column -> table.fills(column, quote))) {
                            mine.add(other);
                        }
                    }));
            parents.put(name, mine);
        });
        Set<String> ordered = new LinkedHashSet<>();
        kept.keySet().forEach(table -> add(table, parents, ordered, new LinkedHashSet<>()));
        return ordered;
    }

    private static void add(String table, Map<String, Set<String>> parents, Set<String> ordered, Set<String> above) {
        if (!above.add(table)) {
            return;
        }
        parents.getOrDefault(table, Set.of()).forEach(parent -> add(parent, parents, ordered, above));
        ordered.add(table);
    }

    /** Puts the rows back in one transaction. Whatever else stands in these tables is removed. */
    public void putBack(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            empty(connection);
            for (Kept table : tables) {
                insert(connection, table);
            }
            connection.commit();
        } catch (SQLException failed) {
            connection.rollback();
            throw failed;
        } finally {
            connection.setAutoCommit(true);
            if (engine == Engine.MARIADB || engine == Engine.MYSQL) {
                execute(connection, "SET foreign_key_checks = 1");
            }
        }
    }

    /** Rows that came since may refer to each other in a circle: no order of tables removes them. */
    private void empty(Connection connection) throws SQLException {
        List<String> deletes = FilledTables.among(
                        tables.stream().map(Kept::name).toList(), connection)
                .stream()
                .map(table -> "DELETE FROM " + table)
                .toList();
        if (deletes.isEmpty()) {
            return;
        }
        switch (engine) {
            case POSTGRESQL -> execute(connection, atOnce(deletes));
            case SQLITE -> {
                execute(connection, "PRAGMA defer_foreign_keys = ON");
                executeAll(connection, deletes);
            }
            case MARIADB, MYSQL -> {
                execute(connection, "SET foreign_key_checks = 0");
                executeAll(connection, deletes);
            }
        }
    }

    /** References are looked at when a statement has ended. */
    private static String atOnce(List<String> deletes) {
        StringBuilder statement = new StringBuilder();
        for (int i = 0; i < deletes.size() - 1; i++) {
            statement
                    .append(i == 0 ? "WITH d" : ", d")
                    .append(i)
                    .append(" AS (")
                    .append(deletes.get(i))
                    .append(')');
        }
        return statement.append(' ').append(deletes.get(deletes.size() - 1)).toString();
    }

    private static void executeAll(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.addBatch(each);
            }
            statement.executeBatch();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void insert(Connection connection, Kept table) throws SQLException {
        if (table.rows().isEmpty()) {
            return;
        }
        String marks = table.columns().stream().map(column -> "?").collect(Collectors.joining(", "));
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + table.name() + " ("
                + String.join(", ", table.columns()) + ") VALUES (" + marks + ")")) {
            for (List<@Nullable Object> row : table.rows()) {
                for (int i = 0; i < row.size(); i++) {
                    statement.setObject(i + 1, row.get(i));
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
