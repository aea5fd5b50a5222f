package io.rowlock.app.mastery.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes every model anew from the log, by the definition and nothing else: sums over events, and a factor by the schoolbook.
 *
 * <p>One thread at a time.
 */
final class ModelSums {
    /** How far a sum may be off, as a share of the largest number in it: what is added in another order differs by less. */
    static final double TOLERANCE = 1e-9;

    private static final Map<String, String> RULES = rules();

    private final Map<String, List<String>> violations = new LinkedHashMap<>();

    private ModelSums() {
        RULES.keySet().forEach(check -> violations.put(check, new ArrayList<>()));
    }

    private static Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("model-form", "A model is as many finite numbers as its dimension asks for");
        rules.put(
                "update-count", "A model has counted the events that were learned of, and each event knows its number");
        rules.put("model-sums", "A is λI and the sum of xx', b the sum of rx, over the events that were learned of");
        rules.put("positive-definite", "A has a factor");
        return rules;
    }

    static List<String> checks() {
        return List.copyOf(RULES.keySet());
    }

    /** A stored model. */
    private record Model(String userId, int d, double lambda, long updateCount, DoubleBuffer numbers) {
        /** A, whose lower triangle is stored row by row. */
        double matrix(int i, int j) {
            int row = Math.max(i, j);
            return numbers.get(row * (row + 1) / 2 + Math.min(i, j));
        }

        double vector(int i) {
            return numbers.get(d * (d + 1) / 2 + i);
        }
    }

    static List<Finding> run(Connection connection) throws SQLException {
        ModelSums sums = new ModelSums();
        // Two statements are open at once, so the users are read first: their ids alone, not their models.
        try (PreparedStatement model = connection.prepareStatement("""
                        SELECT m.d, m.lambda, m.update_count, m.model_data, m.generation
                          FROM amas_user_models m
                         WHERE m.user_id = ?""");
                PreparedStatement events = connection.prepareStatement("""
                        SELECT id, features, reward, learned, update_count
                          FROM amas_events
                         WHERE user_id = ? AND generation = ?
                         ORDER BY event_number""")) {
            for (String userId : users(connection)) {
                sums.look(userId, model, events);
            }
        }
        return sums.findings();
    }

    private static List<String> users(Connection connection) throws SQLException {
        List<String> users = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT user_id FROM amas_user_models ORDER BY user_id")) {
            while (rows.next()) {
                users.add(rows.getString(1));
            }
        }
        return users;
    }

    private void look(String userId, PreparedStatement models, PreparedStatement events) throws SQLException {
        models.setString(1, userId);
        Model model;
        long generation;
        try (ResultSet row = models.executeQuery()) {
            if (!row.next()) {
                return;
            }
            int d = row.getInt(1);
            byte[] bytes = row.getBytes(4);
            String broken = broken(d, bytes);
            if (broken != null) {
                violated("model-form", userId, broken);
                return;
            }
            model = new Model(
                    userId,
                    d,
                    row.getDouble(2),
                    row.getLong(3),
                    ByteBuffer.wrap(bytes).asDoubleBuffer());
            generation = row.getLong(5);
        }
        compare(model, generation, events);
    }

    private static @Nullable String broken(int d, byte[] bytes) {
        if (d < 1 || bytes.length != (d * (d + 1) / 2 + d) * Double.BYTES) {
            return "d=" + d + ", bytes=" + bytes.length;
        }
        DoubleBuffer numbers = ByteBuffer.wrap(bytes).asDoubleBuffer();
        while (numbers.hasRemaining()) {
            double number = numbers.get();
            if (!Double.isFinite(number)) {
                return "number=" + number;
            }
        }
        return null;
    }

    private void compare(Model model, long generation, PreparedStatement events) throws SQLException {
        int d = model.d();
        double[][] a = new double[d][d];
        double[] b = new double[d];
        for (int i = 0; i < d; i++) {
            a[i][i] = model.lambda();
        }
        long learned = 0;
        String miscounted = null;
        events.setString(1, model.userId());
        events.setLong(2, generation);
        try (ResultSet row = events.executeQuery()) {
            while (row.next()) {
                if (row.getBoolean(4)) {
                    learned++;
                    add(a, b, vector(row.getBytes(2), d), row.getDouble(3));
                }
                if (row.getLong(5) != learned && miscounted == null) {
                    miscounted = "event_id=" + row.getString(1) + ", update_count=" + row.getLong(5) + ", learned="
                            + learned;
                }
            }
        }
        if (model.updateCount() != learned) {
            violated("update-count", model.userId(), "update_count=" + model.updateCount() + ", learned=" + learned);
        } else if (miscounted != null) {
            violated("update-count", model.userId(), miscounted);
        } else {
            compare(model, a, b);
        }
    }

    /** A vector of an older, shorter form has zeros for what it does not know. */
    private static double[] vector(byte[] bytes, int d) {
        DoubleBuffer numbers = ByteBuffer.wrap(bytes).asDoubleBuffer();
        double[] x = new double[d];
        for (int i = 0; i < Math.min(d, numbers.limit()); i++) {
            x[i] = numbers.get(i);
        }
        return x;
    }

    private static void add(double[][] a, double[] b, double[] x, double reward) {
        for (int i = 0; i < x.length; i++) {
            b[i] += reward * x[i];
            for (int j = 0; j < x.length; j++) {
                a[i][j] += x[i] * x[j];
            }
        }
    }

    private void compare(Model model, double[][] a, double[] b) {
        int d = model.d();
        double size = model.lambda();
        for (int i = 0; i < d; i++) {
            size = Math.max(size, Math.max(a[i][i], Math.abs(b[i])));
        }
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                if (!(Math.abs(model.matrix(i, j) - a[i][j]) <= TOLERANCE * size)) {
                    violated(
                            "model-sums",
                            model.userId(),
                            "A[" + i + "][" + j + "]=" + model.matrix(i, j) + ", sum=" + a[i][j]);
                    return;
                }
            }
            if (!(Math.abs(model.vector(i) - b[i]) <= TOLERANCE * size)) {
                violated("model-sums", model.userId(), "b[" + i + "]=" + model.vector(i) + ", sum=" + b[i]);
                return;
            }
        }
        if (!hasFactor(model)) {
            violated("positive-definite", model.userId(), "lambda=" + model.lambda());
        }
    }

    private static boolean hasFactor(Model model) {
        int d = model.d();
        double[][] l = new double[d][d];
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = model.matrix(i, j);
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                if (i == j && !(sum > 0)) {
                    return false;
                }
                l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
            }
        }
        return true;
    }

    private void violated(String check, String userId, String facts) {
        List<String> found = violations.get(check);
        if (found == null) {
            throw new IllegalArgumentException("No such check (check=" + check + ")");
        }
        found.add("user_id=" + userId + ", " + facts);
    }

    private List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        violations.forEach((check, found) -> findings.add(new Finding(
                check,
                String.valueOf(RULES.get(check)),
                found.size(),
                found.subList(0, Math.min(SqlAudit.EXAMPLES_MAX, found.size())))));
        return findings;
    }
}
