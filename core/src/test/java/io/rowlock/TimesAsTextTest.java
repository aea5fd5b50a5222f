package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** SQLite keeps times as text, and text is compared character by character. */
class TimesAsTextTest {
    record Visit(long id, Instant came, LocalDateTime local, long version) {}

    private static final Table<Visit, Long> VISITS = Table.of("visits", Visit.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .build();

    @Databases(Engine.SQLITE)
    void timesSortAsTheyPassWhateverTheirFraction(Database database) throws Exception {
        database.execute("CREATE TABLE visits (id INTEGER PRIMARY KEY, came TEXT NOT NULL, local TEXT NOT NULL,"
                + " version INTEGER NOT NULL)");
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        List<String> fractions = List.of("", ".000001", ".1", ".123456", ".5", ".999999");
        rowlock.transact(tx -> {
            for (int i = 0; i < fractions.size(); i++) {
                String time = "2026-01-02T03:04:00" + fractions.get(i);
                tx.insert(VISITS, new Visit(i, Instant.parse(time + "Z"), LocalDateTime.parse(time), 0));
            }
            return null;
        });
        for (String column : List.of("came", "local")) {
            assertThat(idsBy(database, column)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        }
    }

    private static List<Long> idsBy(Database database, String column) throws Exception {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM visits ORDER BY " + column)) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }
}
