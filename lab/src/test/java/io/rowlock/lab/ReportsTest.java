package io.rowlock.lab;

import static io.rowlock.lab.Races.FIND;
import static io.rowlock.lab.Races.INSERT;
import static io.rowlock.lab.Races.LOCK;
import static io.rowlock.lab.Races.READ;
import static io.rowlock.lab.Races.WRITE;
import static io.rowlock.lab.Races.twice;
import static io.rowlock.lab.Sql.autocommit;
import static io.rowlock.lab.Sql.change;
import static io.rowlock.lab.Sql.finds;
import static io.rowlock.lab.Sql.number;
import static io.rowlock.lab.Sql.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Races.Found;
import io.rowlock.lab.report.Explored;
import io.rowlock.lab.report.HtmlReport;
import io.rowlock.lab.report.JsonReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** What real explorations look like in both reports. To look at them, name a folder in {@code rowlock.lab.reports}. */
class ReportsTest {

    @Databases
    void explorationsBecomeAPageAndADocument(Database database, @TempDir Path temporary) throws IOException {
        List<Explored> all = explorations(database);
        Path folder = Path.of(System.getProperty("rowlock.lab.reports", temporary.toString()));
        Path page = folder.resolve(database.engine() + ".html");
        Path document = folder.resolve(database.engine() + ".json");

        HtmlReport.write(page, "What two of us can do to one account", all);
        JsonReport.write(document, all);

        assertThat(Files.readString(page))
                .contains("two who add without a transaction", "scope split", "data-copy=")
                .doesNotContain("http://", "https://", "<script src", "<link");
        assertThat(Files.readString(document)).contains("\"anomaly\" : \"SCOPE_SPLIT\"", "\"verdict\" : \"HOLDS\"");
    }

    private static List<Explored> explorations(Database database) {
        List<Explored> all = new ArrayList<>();
        all.add(explored(Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add without a transaction",
                        from -> twice(() -> autocommit(from, in -> {
                            int now = number(in, READ, 1);
                            return change(in, WRITE, now + 1, 1);
                        })))));
        all.add(explored(Races.on(database, Isolation.READ_COMMITTED)
                .of("two sessions of one user", from -> List.of(grant(from, 1), grant(from, 2)))));
        all.add(explored(Races.on(database, Isolation.REPEATABLE_READ)
                .of(
                        "a read, the lock, a read",
                        from -> twice(transaction(from, in -> {
                            number(in, READ, 3);
                            number(in, database.engine() == io.rowlock.dialect.Engine.SQLITE ? READ : LOCK, 1);
                            return finds(in, FIND, 7) ? 0 : change(in, INSERT, 7, 1);
                        })))));
        all.add(explored(Races.on(database, Isolation.REPEATABLE_READ)
                .of("two withdrawals over two accounts", from -> List.of(withdraw(from, 1), withdraw(from, 2)))));
        all.add(explored(Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "a report and a transfer, and one more transfer",
                        from -> List.of(
                                () -> autocommit(from, in -> number(in, READ, 1) + number(in, READ, 2)),
                                transaction(from, in -> change(in, WRITE, 5, 1) + change(in, WRITE, 15, 2)),
                                () -> autocommit(from, in -> change(in, WRITE, 1, 3))))));
        all.add(explored(Races.on(database, Isolation.READ_COMMITTED)
                .deadlocks()
                .also(scenario -> scenario.invariant(
                        "both were done",
                        (connection, outcome) -> number(connection, "SELECT sum(n) FROM account") == 24
                                ? Optional.empty()
                                : Optional.of("only one was")))
                .of("crossed transfers", from -> List.of(raise(from, 1, 2), raise(from, 2, 1)))));
        all.add(explored(Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add in the statement",
                        from -> twice(() ->
                                autocommit(from, in -> change(in, "UPDATE account SET n = n + 1 WHERE id = ?", 1))))));
        return all;
    }

    private static Explored explored(Found found) {
        return new Explored(found.exploration(), found.profile(), found.level());
    }

    private static Callable<?> raise(DataSource from, int first, int second) {
        String add = "UPDATE account SET n = n + 1 WHERE id = ?";
        return transaction(from, in -> number(in, READ, first) + change(in, add, first) + change(in, add, second));
    }

    private static Callable<?> withdraw(DataSource from, int account) {
        return transaction(from, in -> {
            int sum = number(in, READ, 1) + number(in, READ, 2);
            return sum >= 15 ? change(in, WRITE, 0, account) : -1;
        });
    }

    private static Callable<?> grant(DataSource from, int session) {
        return transaction(from, in -> {
            if (!in.getMetaData().getDatabaseProductName().equals("SQLite")) {
                number(in, LOCK, session);
            }
            return finds(in, FIND, 7) ? 0 : change(in, INSERT, 7, session);
        });
    }
}
