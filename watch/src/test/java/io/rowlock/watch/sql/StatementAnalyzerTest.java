package io.rowlock.watch.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.sql.Analysis.Understood;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Predicate;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatementAnalyzerTest {

    private static final Schema SCHEMA = new Schema(
            "public",
            Map.of("t", new TableFacts("t", List.of("id"), Set.of(List.of("id")), Map.of(), List.of("id", "a"))));

    private final StatementAnalyzer analyzer = StatementAnalyzer.of(Engine.POSTGRESQL, SCHEMA);

    private Access only(String sql, Object... values) {
        List<Access> accesses = analyzer.accesses(new JdbcCall(sql, Arrays.asList(values)));
        assertThat(accesses).hasSize(1);
        return accesses.get(0);
    }

    @Test
    void oneTextIsBoundToManyValues() {
        for (int id = 0; id < 3; id++) {
            assertThat(only("SELECT a FROM t WHERE id = ?", id).keys().values())
                    .containsExactly(List.of(String.valueOf(id)));
        }
    }

    @Test
    void keysAreEqualWhateverTheirTypes() {
        String sql = "SELECT a FROM t WHERE id = ?";
        assertThat(List.of(
                        only(sql, 7).keys(),
                        only(sql, 7L).keys(),
                        only(sql, new BigDecimal("7.00")).keys(),
                        only(sql, "7").keys(),
                        only("SELECT a FROM t WHERE id = 7").keys()))
                .containsOnly(only(sql, 7.0).keys());
        UUID id = UUID.randomUUID();
        assertThat(only(sql, id).keys()).isEqualTo(only(sql, id.toString()).keys());
        assertThat(only(sql, new byte[] {1, (byte) 0xab}).keys().values()).containsExactly(List.of("01ab"));
    }

    @Test
    void nothingEqualsNull() {
        assertThat(analyzer.accesses(new JdbcCall("SELECT a FROM t WHERE id = ?", Arrays.asList((Object) null))))
                .isEmpty();
    }

    @Test
    void aValueThatIsNotBoundPinsNothing() {
        assertThat(only("SELECT a FROM t WHERE id = ?").keys().exact()).isFalse();
        assertThat(only("SELECT a FROM t WHERE id = ?").predicate()).isEqualTo(Predicate.any());
    }

    @Test
    void conditionsDoNotGrowWithoutBound() {
        String alternatives = IntStream.range(0, 500)
                .mapToObj(i -> "(id = " + i + " OR a = 1)")
                .collect(Collectors.joining(" AND "));
        Access access = only("SELECT a FROM t WHERE " + alternatives);
        assertThat(access.predicate()).isInstanceOf(Predicate.OneOf.class);
        assertThat(((Predicate.OneOf) access.predicate()).conjunctions())
                .hasSizeLessThanOrEqualTo(Condition.CONJUNCTIONS_MAX);
        String list = IntStream.range(0, 2_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
        assertThat(only("SELECT a FROM t WHERE id IN (" + list + ")").keys().exact())
                .isFalse();
    }

    @Test
    void aVeryLongTextIsReadByItsWords() {
        String terms = "a = 1 OR ".repeat(StatementAnalyzer.PARSED_LENGTH_MAX / 9);
        Analysis analysis =
                analyzer.analyze(new JdbcCall("SELECT a FROM t WHERE " + terms + "a = 2 FOR UPDATE", List.of()));
        assertThat(analysis.understood()).isEqualTo(Understood.BY_WORDS);
        assertThat(AccessText.of(analysis)).containsExactly("LOCK_EXCLUSIVE t{*} any");
        String deep = "a = 1 OR ".repeat(5_000);
        Analysis tooDeepOrNot = analyzer.analyze(new JdbcCall("SELECT a FROM t WHERE " + deep + "a = 2", List.of()));
        assertThat(tooDeepOrNot.accesses()).extracting(Access::table).containsExactly("t");
    }

    @Test
    void moreTextsThanAreRememberedAreStillUnderstood() {
        for (int i = 0; i < StatementAnalyzer.TEMPLATES_MAX + 10; i++) {
            assertThat(only("SELECT a FROM t WHERE id = " + i).keys().values())
                    .containsExactly(List.of(String.valueOf(i)));
        }
        assertThat(only("SELECT a FROM t WHERE id = 0").keys().exact()).isTrue();
    }

    @Test
    void nothingIsNeutral() {
        assertThat(analyzer.analyze(new JdbcCall("", List.of())).understood()).isEqualTo(Understood.NEUTRAL);
        assertThat(analyzer.analyze(new JdbcCall(" ; -- nothing\n", List.of())).understood())
                .isEqualTo(Understood.NEUTRAL);
    }
}
