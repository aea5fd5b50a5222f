package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The lottery's tables as the database has them, read beside the service. */
final class Books {
    private static final List<String> TABLES = List.of(
            "users",
            "products",
            "lottery_rounds",
            "participations",
            "participation_numbers",
            "orders",
            "transactions",
            "rate_limits",
            "payments",
            "audit_log",
            "major",
            "course",
            "course_access",
            "student_credit",
            "student_credit_transaction",
            "amas_user_states",
            "amas_events");

    private final DataSource dataSource;

    private Books(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    static Books of(Database database) {
        return new Books(database.dataSource());
    }

    /** What must be true of the whole database whenever nobody is in the middle of something. */
    void areExact() {
        assertThat(query("""
                        SELECT u.id, u.balance_cents, SUM(t.amount_cents)
                          FROM users u JOIN transactions t ON t.user_id = u.id AND t.balance_type = 'BALANCE'
                         GROUP BY u.id, u.balance_cents
                        HAVING u.balance_cents <> SUM(t.amount_cents)"""))
                .as("balances that are not the sum of their ledger")
                .isEmpty();
        assertThat(query("""
                        SELECT r.id, r.sold_shares, COUNT(n.number), MIN(n.number), MAX(n.number)
                          FROM lottery_rounds r JOIN participation_numbers n ON n.round_id = r.id
                         GROUP BY r.id, r.sold_shares
                        HAVING r.sold_shares <> COUNT(n.number)
                            OR MIN(n.number) <> 10000001
                            OR MAX(n.number) <> 10000000 + COUNT(n.number)"""))
                .as("rounds whose numbers are not those of the shares sold")
                .isEmpty();
        assertThat(query("""
                        SELECT r.id FROM lottery_rounds r
                         WHERE r.sold_shares > 0
                           AND NOT EXISTS (SELECT 1 FROM participation_numbers n WHERE n.round_id = r.id)""")).as("rounds with shares but no numbers").isEmpty();
        assertThat(query("""
                        SELECT r.id, r.winning_number, n.participation_id, p.user_id, o.user_id
                          FROM lottery_rounds r
                          LEFT JOIN participation_numbers n ON n.round_id = r.id AND n.number = r.winning_number
                          LEFT JOIN participations p ON p.id = n.participation_id
                          LEFT JOIN orders o ON o.id = r.prize_order_id
                         WHERE r.status = 'COMPLETED'
                           AND (n.participation_id IS NULL OR n.participation_id <> r.winning_participation_id
                                OR p.user_id <> r.winner_user_id
                                OR o.id IS NULL OR o.user_id <> r.winner_user_id OR o.type <> 'LOTTERY_WIN')"""))
                .as("winners who did not buy the number, or have no prize")
                .isEmpty();
        assertThat(query("""
                        SELECT o.id FROM orders o
                         WHERE o.type = 'LOTTERY_WIN'
                           AND NOT EXISTS (SELECT 1 FROM lottery_rounds r WHERE r.prize_order_id = o.id)""")).as("prizes without a draw").isEmpty();
        assertThat(query("SELECT id FROM users WHERE free_daily_count < 0 OR free_daily_count > 3"))
                .as("counts of free plays that cannot be")
                .isEmpty();
        assertThat(query("""
                        SELECT p.id, p.shares_count, COUNT(n.number)
                          FROM participations p LEFT JOIN participation_numbers n ON n.participation_id = p.id
                         GROUP BY p.id, p.shares_count
                        HAVING p.shares_count <> COUNT(n.number)"""))
                .as("participations whose numbers are not all there")
                .isEmpty();
    }

    /** Every row of every table, as it is now. */
    Copy copy() {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        TABLES.forEach(table -> tables.put(
                table, query("SELECT * FROM " + table).stream().sorted().toList()));
        return new Copy(tables);
    }

    /** All rows as text, by table. */
    record Copy(Map<String, List<String>> tables) {
        int rows(String table) {
            return tables.getOrDefault(table, List.of()).size();
        }
    }

    private List<String> query(String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    line.append(i == 1 ? "" : " | ").append(rows.getString(i));
                }
                lines.add(line.toString());
            }
            return lines;
        } catch (SQLException failed) {
            throw new AssertionError("The books could not be read (sql=" + sql + ")", failed);
        }
    }
}
