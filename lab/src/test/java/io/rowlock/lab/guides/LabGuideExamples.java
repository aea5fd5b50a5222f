package io.rowlock.lab.guides;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.LabOptions;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.cache.CacheAdapter;
import io.rowlock.lab.cache.CacheCase;
import io.rowlock.lab.cache.CacheCheck;
import io.rowlock.lab.cache.CaseResult;
import io.rowlock.lab.cache.Lookup;
import io.rowlock.lab.cache.Snapshot;
import io.rowlock.lab.cache.WriterStep;
import io.rowlock.lab.junit.Race;
import io.rowlock.lab.junit.RaceTest;
import io.rowlock.lab.junit.Replay;
import io.rowlock.lab.matrix.Candidate;
import io.rowlock.lab.matrix.Matrix;
import io.rowlock.lab.matrix.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The Java of {@code docs/guides/lab.md}. */
final class LabGuideExamples {
    private LabGuideExamples() {}

    static class Aside implements CacheAdapter {
        private Optional<Long> kept = Optional.empty();

        @Override
        public Lookup lookup() {
            return kept.<Lookup>map(Lookup.Hit::new).orElse(Lookup.miss());
        }

        @Override
        public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {
            kept = Optional.of(version);
        }

        @Override
        public void beforeCommit(int writer) {}

        @Override
        public void afterCommit(int writer, long version) {
            kept = Optional.empty();
        }

        @Override
        public void evict() {
            kept = Optional.empty();
        }
    }

    static CaseResult aside() {
        return CacheCheck.of("cache-aside", EnumSet.of(WriterStep.AFTER), Aside::new)
                .run(CacheCase.of(1, 1));
    }

    static class Tickets {
        private final DataSource dataSource;

        Tickets(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        boolean buy(int id) throws SQLException {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                ResultSet ticket = statement.executeQuery("SELECT sold, total FROM ticket WHERE id = " + id);
                if (!ticket.next() || ticket.getInt("sold") >= ticket.getInt("total")) {
                    return false;
                }
                statement.executeUpdate("UPDATE ticket SET sold = sold + 1 WHERE id = " + id);
                return true;
            }
        }
    }

    static class FixedTickets extends Tickets {
        private final DataSource dataSource;

        FixedTickets(DataSource dataSource) {
            super(dataSource);
            this.dataSource = dataSource;
        }

        @Override
        boolean buy(int id) throws SQLException {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                return statement.executeUpdate("UPDATE ticket SET sold = sold + 1 WHERE sold < total AND id = " + id)
                        == 1;
            }
        }
    }

    static class LockedTickets extends Tickets {
        private final DataSource dataSource;

        LockedTickets(DataSource dataSource) {
            super(dataSource);
            this.dataSource = dataSource;
        }

        @Override
        boolean buy(int id) throws SQLException {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                ResultSet ticket =
                        statement.executeQuery("SELECT sold, total FROM ticket WHERE id = " + id + " FOR UPDATE");
                boolean left = ticket.next() && ticket.getInt("sold") < ticket.getInt("total");
                if (left) {
                    statement.executeUpdate("UPDATE ticket SET sold = sold + 1 WHERE id = " + id);
                }
                connection.commit();
                return left;
            }
        }
    }

    static class Repairs {
        static Scenario twoBuyers(Tickets tickets) {
            return Scenario.named("two buyers of the last ticket")
                    .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                    .actor(() -> tickets.buy(1))
                    .actor(() -> tickets.buy(1));
        }

        static Matrix compared(DataSource database) {
            LabOptions options = LabOptions.standard();
            return Matrix.run(
                    List.of(
                            new Place("READ COMMITTED", database, options.withIsolation(Isolation.READ_COMMITTED)),
                            new Place("SERIALIZABLE", database, options.withIsolation(Isolation.SERIALIZABLE))),
                    List.of(
                            new Candidate("as it is", lent -> twoBuyers(new Tickets(lent))),
                            new Candidate("one statement", lent -> twoBuyers(new FixedTickets(lent))),
                            new Candidate("locked first", lent -> twoBuyers(new LockedTickets(lent)))));
        }
    }

    static class Found {
        @RaceTest(isolation = Isolation.READ_COMMITTED)
        void nobodyGetsTheLastTicketTwice(Race race) throws SQLException {
            race.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
            Tickets tickets = new Tickets(race.dataSource());
            race.check(Scenario.named("two buyers of the last ticket")
                    .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                    .actor(() -> tickets.buy(1))
                    .actor(() -> tickets.buy(1)));
        }
    }

    static class Kept {
        static Scenario twoBuyers(Race race, Tickets tickets) throws SQLException {
            race.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
            return Scenario.named("two buyers of the last ticket")
                    .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                    .actor(() -> tickets.buy(1))
                    .actor(() -> tickets.buy(1));
        }

        @Replay("A1 B1 B2 A2")
        @RaceTest(engines = {Engine.SQLITE, Engine.POSTGRESQL})
        void nobodyGetsTheLastTicketTwice(Race race) throws SQLException {
            race.check(twoBuyers(race, new FixedTickets(race.dataSource())));
        }

        @RaceTest
        void theOldCodeSoldItTwice(Race race) throws SQLException {
            race.requireViolation(twoBuyers(race, new Tickets(race.dataSource())));
        }

        @RaceTest
        void neverMoreThanThereAre(Race race) throws SQLException {
            race.check(twoBuyers(race, new FixedTickets(race.dataSource()))
                    .invariant("no more sold than there are", (connection, results) -> {
                        try (Statement statement = connection.createStatement();
                                ResultSet sold = statement.executeQuery("SELECT sold FROM ticket WHERE sold > total")) {
                            return sold.next() ? Optional.of(sold.getInt(1) + " sold") : Optional.empty();
                        }
                    }));
        }
    }
}
