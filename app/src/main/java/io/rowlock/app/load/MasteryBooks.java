package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.mastery.audit.MasteryAudit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What two forms have left in one database, each looked at as if the other had not been.
 *
 * @param acknowledged effects that the guarded form has acknowledged
 * @param findings what is wrong with the learners of the guarded form, a line each
 * @param lostByCheck how often what is wrong with those of the naive one, by the check that finds it
 */
record MasteryBooks(int acknowledged, List<String> findings, Map<String, Long> lostByCheck) {
    /** What the naive form has acknowledged and does not have, has shown and taken back, or has and told nobody. */
    private static final String ACKNOWLEDGED = "as-acknowledged";

    MasteryBooks {
        findings = List.copyOf(findings);
        lostByCheck = Map.copyOf(lostByCheck);
    }

    /** How often something is wrong with the learners of the naive form: an update is gone, whole or in part. */
    long lost() {
        return lostByCheck.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Audits both.
     *
     * @param connection in a transaction that sees one moment; what is changed in it is rolled back
     */
    static MasteryBooks audit(Connection connection, MasteryLoad naive, MasteryLoad guarded) throws SQLException {
        forget(connection, guarded);
        Map<String, Long> lost = new TreeMap<>();
        for (Finding finding : MasteryAudit.run(connection)) {
            if (!finding.holds()) {
                lost.put(finding.check(), finding.violations());
            }
        }
        long told = naive.promises().findings(connection).size();
        if (told > 0) {
            lost.put(ACKNOWLEDGED, told);
        }
        connection.rollback();
        forget(connection, naive);
        List<String> findings = guarded.audit(connection);
        connection.rollback();
        return new MasteryBooks(guarded.promises().size(), findings, lost);
    }

    /** The audit reads whole tables; what belongs to a learner goes with the state. */
    private static void forget(Connection connection, MasteryLoad other) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM amas_user_states WHERE user_id LIKE ?")) {
            statement.setString(1, other.prefix() + "%");
            int unused = statement.executeUpdate();
        }
    }
}
