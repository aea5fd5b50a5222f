package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

class FilledTablesTest {
    private static final int MORE_THAN_ARE_ASKED_AT_ONCE = 502;

    @Databases
    void thoseWithRowsAreFoundAmongMoreThanAreAskedAtOnce(Database database) throws SQLException {
        List<String> tables = new ArrayList<>();
        List<String> statements = new ArrayList<>();
        for (int i = 1; i <= MORE_THAN_ARE_ASKED_AT_ONCE; i++) {
            tables.add("filled_" + i);
            statements.add("CREATE TABLE filled_" + i + " (id INT PRIMARY KEY)");
        }
        List<String> filled = List.of("filled_1", "filled_500", "filled_501", "filled_502");
        filled.forEach(table -> statements.add("INSERT INTO " + table + " VALUES (0)"));
        database.execute(statements.toArray(String[]::new));

        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(FilledTables.among(tables, connection)).containsExactlyElementsOf(filled);
            assertThat(FilledTables.among(List.of(), connection)).isEmpty();
        }
    }
}
