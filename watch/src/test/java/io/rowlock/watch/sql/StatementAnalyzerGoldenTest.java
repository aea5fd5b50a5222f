package io.rowlock.watch.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.watch.jdbc.JdbcCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the accesses of many statements to what {@code statements-ENGINE.txt} says. A case is the statement, then a line for each
 * access, or NEUTRAL, or BY_WORDS in front of them. Parameters are bound to 1, 2, 3.
 */
class StatementAnalyzerGoldenTest {

    static final Schema SCHEMA = new Schema(
            "public",
            Map.of(
                    "t",
                    new TableFacts(
                            "t",
                            List.of("id"),
                            Set.of(List.of("id"), List.of("code")),
                            Map.of(),
                            List.of("id", "code", "a", "b", "version")),
                    "u",
                    new TableFacts(
                            "u",
                            List.of("id"),
                            Set.of(List.of("id")),
                            Map.of(List.of("t_id"), "t"),
                            List.of("id", "t_id", "c", "d")),
                    "pair",
                    new TableFacts(
                            "pair", List.of("x", "y"), Set.of(List.of("x", "y")), Map.of(), List.of("x", "y", "n"))));

    @TestFactory
    Stream<DynamicTest> onAllEngines() {
        return Stream.of(Engine.values()).flatMap(engine -> cases(engine, "all"));
    }

    @TestFactory
    Stream<DynamicTest> onPostgres() {
        return cases(Engine.POSTGRESQL, "postgresql");
    }

    @TestFactory
    Stream<DynamicTest> onMariaDb() {
        return cases(Engine.MARIADB, "mariadb");
    }

    @TestFactory
    Stream<DynamicTest> onSqlite() {
        return cases(Engine.SQLITE, "sqlite");
    }

    private static Stream<DynamicTest> cases(Engine engine, String file) {
        StatementAnalyzer analyzer = StatementAnalyzer.of(engine, SCHEMA);
        List<DynamicTest> tests = new ArrayList<>();
        for (String block : read("statements-" + file + ".txt").split("\n\n+", -1)) {
            List<String> lines =
                    block.lines().filter(line -> !line.startsWith("//")).toList();
            if (!lines.isEmpty()) {
                String sql = lines.get(0);
                tests.add(DynamicTest.dynamicTest(
                        engine + " " + sql,
                        () -> assertThat(told(analyzer, sql)).isEqualTo(expected(engine, lines))));
            }
        }
        return tests.stream();
    }

    /** What keeps a foreign key is a lock, but on SQLite, which has none of rows. */
    private static List<String> expected(Engine engine, List<String> lines) {
        return lines.stream()
                .skip(1)
                .map(line -> engine == Engine.SQLITE ? line.replace("LOCK_SHARED", "READ") : line)
                .toList();
    }

    static List<String> told(StatementAnalyzer analyzer, String sql) {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            values.add(i);
        }
        Analysis analysis = analyzer.analyze(new JdbcCall(sql, values));
        List<String> told = new ArrayList<>();
        if (analysis.understood() != Analysis.Understood.PARSED) {
            told.add(analysis.understood().name());
        }
        told.addAll(AccessText.of(analysis));
        return told;
    }

    private static String read(String file) {
        try (InputStream in = StatementAnalyzerGoldenTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
