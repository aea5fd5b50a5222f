package io.rowlock.app.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks a database questions that right books answer with no row. What is asked is the matter of each system.
 *
 * <p>Safe for use by many threads, each with a connection of its own.
 */
public final class SqlAudit {
    /** How many violations a check shows. */
    public static final int EXAMPLES_MAX = 5;

    private SqlAudit() {}

    /**
     * One question.
     *
     * @param name constant text such as {@code ledger-sum}
     * @param rule what is true of right books, one sentence
     * @param sql finds rows that break the rule, with columns that tell a person what they see
     */
    public record Check(String name, String rule, String sql) {}

    /**
     * Runs every check.
     *
     * @param connection where to look; it is only read from, and neither committed nor closed
     * @return what each check found, those that found nothing included
     * @throws SQLException if a check could not be run
     */
    public static List<Finding> run(List<Check> checks, Connection connection) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (Check check : checks) {
                findings.add(run(check, statement));
            }
        }
        return findings;
    }

    private static Finding run(Check check, Statement statement) throws SQLException {
        long violations = 0;
        List<String> examples = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(check.sql())) {
            while (rows.next()) {
                if (violations++ < EXAMPLES_MAX) {
                    examples.add(describe(rows));
                }
            }
        }
        return new Finding(check.name(), check.rule(), violations, examples);
    }

    private static String describe(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            text.append(i == 1 ? "" : ", ")
                    .append(columns.getColumnLabel(i).toLowerCase(Locale.ROOT))
                    .append('=')
                    .append(row.getString(i));
        }
        return text.toString();
    }
}
