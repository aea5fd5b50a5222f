package io.rowlock.lab;

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
import java.util.Map;
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
 * <p><b>Holds when</b> tables refer to each other without a circle, and nobody else writes. <b>Breaks when</b> a table has
 * columns that cannot be written (generated ones). Safe for use by many threads.
 */
public final class Contents {
    private final List<Kept> tables;

    /** A table, and its rows. Quoted names. */
    private record Kept(String name, List<String> columns, List<List<@Nullable Object>> rows) {}

    private Contents(List<Kept> tables) {
        this.tables = tables;
    }

    /** The rows that there are now. */
    public static Contents of(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        String quote = meta.getIdentifierQuoteString();
        List<Kept> kept = new ArrayList<>();
        for (String table : parentsFirst(connection, meta)) {
            kept.add(read(connection, quote + table + quote, quote));
        }
        return new Contents(List.copyOf(kept));
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

    private static List<String> parentsFirst(Connection connection, DatabaseMetaData meta) throws SQLException {
        Map<String, Set<String>> parents = new TreeMap<>();
        try (ResultSet found =
                meta.getTables(connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (found.next()) {
                parents.put(found.getString("TABLE_NAME"), new LinkedHashSet<>());
            }
        }
        for (Map.Entry<String, Set<String>> table : parents.entrySet()) {
            try (ResultSet keys =
                    meta.getImportedKeys(connection.getCatalog(), connection.getSchema(), table.getKey())) {
                while (keys.next()) {
                    table.getValue().add(keys.getString("PKTABLE_NAME"));
                }
            }
        }
        Set<String> ordered = new LinkedHashSet<>();
        parents.keySet().forEach(table -> add(table, parents, ordered, new LinkedHashSet<>()));
        return List.copyOf(ordered);
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
            try (Statement statement = connection.createStatement()) {
                for (int i = tables.size() - 1; i >= 0; i--) {
                    statement.addBatch("DELETE FROM " + tables.get(i).name());
                }
                statement.executeBatch();
            }
            for (Kept table : tables) {
                insert(connection, table);
            }
            connection.commit();
        } catch (SQLException failed) {
            connection.rollback();
            throw failed;
        } finally {
            connection.setAutoCommit(true);
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
