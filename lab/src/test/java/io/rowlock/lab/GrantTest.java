package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

class GrantTest {
    static final class Counter {
        private final DataSource dataSource;

        Counter(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        int add(int n) throws SQLException {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                int now;
                try (PreparedStatement read = connection.prepareStatement("SELECT n FROM counter WHERE id = ?")) {
                    read.setInt(1, 1);
                    try (ResultSet rows = read.executeQuery()) {
                        rows.next();
                        now = rows.getInt(1);
                    }
                }
                try (PreparedStatement write = connection.prepareStatement("UPDATE counter SET n = ? WHERE id = ?")) {
                    write.setInt(1, now + n);
                    write.setInt(2, 1);
                    write.executeUpdate();
                }
                connection.commit();
                return now + n;
            }
        }
    }

    @Databases
    void aLostUpdateIsFound(Database database) {
        database.execute("CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)");
        database.execute("INSERT INTO counter VALUES (1, 0)");
        try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withIsolation(Isolation.READ_COMMITTED))) {
            Counter counter = new Counter(lab.dataSource());
            Scenario two = Scenario.named("two who add")
                    .reset("UPDATE counter SET n = 0 WHERE id = 1")
                    .actor(() -> counter.add(1))
                    .actor(() -> counter.add(1));
            Exploration all = lab.explore(two, Budget.standard().naive());
            System.out.println(database.engine() + " " + all.schedules() + " cut " + all.cut() + " unresolved " + all.unresolved().size() + " waits " + all.waits() + " took " + all.took() + " violating " + all.violating());
            all.found().forEach(f -> System.out.println("  " + f.times() + " " + f.run().schedule() + " " + f.run().outcome()));
            all.unresolved().stream().limit(3).forEach(r -> System.out.println("  ? " + r.schedule() + r.unresolved()));
            all.witness().ifPresent(w -> System.out.println(Timeline.explain("x", w, 1, 1)));
            assertThat(all.complete()).isTrue();
        }
    }
}
