package io.rowlock.watch.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.watch.jdbc.JdbcCall;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

class SchemaTest {

    @Databases
    void keysAreReadFromTheDatabase(Database database) throws SQLException {
        database.execute(
                "CREATE TABLE Owner_ (id INT PRIMARY KEY, email VARCHAR(40) NOT NULL, area INT, nick VARCHAR(40))",
                "CREATE UNIQUE INDEX owner_email ON Owner_ (email)",
                "CREATE UNIQUE INDEX owner_nick ON Owner_ (area, nick)",
                "CREATE INDEX owner_area ON Owner_ (area)",
                "CREATE TABLE item (a INT NOT NULL, b INT NOT NULL, owner_id INT, PRIMARY KEY (b, a),"
                        + " FOREIGN KEY (owner_id) REFERENCES Owner_ (id))",
                "CREATE TABLE line (id INT PRIMARY KEY, item_b INT, item_a INT, owner_id INT,"
                        + " FOREIGN KEY (item_b, item_a) REFERENCES item (b, a),"
                        + " FOREIGN KEY (owner_id) REFERENCES Owner_ (id))",
                "CREATE TABLE loose (n INT)");
        Schema schema;
        try (Connection connection = database.dataSource().getConnection()) {
            schema = Schema.read(connection);
        }
        assertThat(schema.tables()).containsKeys("owner_", "item", "line", "loose");
        assertThat(schema.table("owner_"))
                .contains(new TableFacts(
                        "owner_",
                        List.of("id"),
                        Set.of(List.of("id"), List.of("email"), List.of("area", "nick")),
                        Map.of(),
                        List.of("id", "email", "area", "nick")));
        assertThat(schema.table("item"))
                .contains(new TableFacts(
                        "item",
                        List.of("b", "a"),
                        Set.of(List.of("b", "a")),
                        Map.of(List.of("owner_id"), "owner_"),
                        List.of("a", "b", "owner_id")));
        assertThat(schema.table("line").orElseThrow().references())
                .isEqualTo(Map.of(List.of("item_b", "item_a"), "item", List.of("owner_id"), "owner_"));
        assertThat(schema.table("loose"))
                .contains(new TableFacts("loose", List.of(), Set.of(), Map.of(), List.of("n")));

        StatementAnalyzer analyzer = StatementAnalyzer.of(database.engine(), schema);
        String qualified = schema.name() + ".item";
        assertThat(analyzer.accesses(
                        new JdbcCall("SELECT owner_id FROM " + qualified + " WHERE a = 1 AND b = 2", List.of())))
                .singleElement()
                .satisfies(access -> {
                    assertThat(access.table()).isEqualTo("item");
                    assertThat(access.keys().values()).containsExactly(List.of("2", "1"));
                    assertThat(access.keys().exact()).isTrue();
                });
    }

    @Databases({Engine.POSTGRESQL, Engine.SQLITE})
    void anIndexOverSomeRowsKeepsNoSecondRowOut(Database database) throws SQLException {
        database.execute(
                "CREATE TABLE job (id INT PRIMARY KEY, name VARCHAR(40), done INT)",
                "CREATE UNIQUE INDEX job_open ON job (name) WHERE done = 0");
        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(Schema.read(connection).table("job").orElseThrow().uniqueKeys())
                    .containsExactly(List.of("id"));
        }
    }
}
