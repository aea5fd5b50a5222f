package io.rowlock.lab.internal.tell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlTextTest {

    @Test
    void valuesTakeThePlacesOfQuestionMarksAndOfNothingElse() {
        assertThat(SqlText.bound(
                        "SELECT '?', \"a?\", `b?` -- what?\n FROM t /* ? */ WHERE a = ? AND b ?? 'x' AND c = ?",
                        Arrays.asList("O'Hara", null)))
                .isEqualTo("SELECT '?', \"a?\", `b?` FROM t WHERE a = 'O''Hara' AND b ? 'x' AND c = NULL");
    }

    @Test
    void aQuestionMarkWithoutAValueStays() {
        assertThat(SqlText.bound("INSERT INTO t VALUES (?, ?)", List.of(1))).isEqualTo("INSERT INTO t VALUES (1, ?)");
    }

    @Test
    void aTextThatDoesNotEndIsTakenToItsEnd() {
        assertThat(SqlText.bound("SELECT 'a ?", List.of(1))).isEqualTo("SELECT 'a ?");
        assertThat(SqlText.bound("SELECT 1 /* ?", List.of(1))).isEqualTo("SELECT 1");
    }

    @Test
    void theListOfColumnsGoesFirst() {
        assertThat(SqlText.brief("SELECT id, owner, balance, version FROM account WHERE id = 5 FOR UPDATE", 60))
                .isEqualTo("SELECT … FROM account WHERE id = 5 FOR UPDATE");
        assertThat(SqlText.brief("INSERT INTO seat (id, room, who, since) VALUES (1, 7, 'x', NULL)", 50))
                .isEqualTo("INSERT INTO seat VALUES (1, 7, 'x', NULL)");
    }

    @Test
    void thenTheMiddleGoesAndTheLockStays() {
        String brief =
                SqlText.brief("SELECT * FROM a_table_of_a_long_name WHERE some_column = 'something' FOR UPDATE", 50);
        assertThat(brief)
                .hasSizeLessThanOrEqualTo(50)
                .startsWith("SELECT * FROM")
                .contains(" … ")
                .endsWith("FOR UPDATE");
    }

    @Test
    void valuesAreShownAsSqlWritesThemAndNeverLong() {
        assertThat(Shown.value(null)).isEqualTo("NULL");
        assertThat(Shown.value(1.5)).isEqualTo("1.5");
        assertThat(Shown.value("a\u0000b\nc")).isEqualTo("'a b c'");
        assertThat(Shown.value(new byte[] {1, 2})).isEqualTo("x'0102'");
        assertThat(Shown.value(new byte[1_000])).isEqualTo("x'0000000000000000…'");
        assertThat(Shown.value("y".repeat(1_000))).hasSize(43);
    }

    @Test
    void rowsBeyondTheFirstAreCounted() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", 1);
        row.put("name", null);
        assertThat(Shown.rows(List.of(row, row, row), 2)).isEqualTo("id=1 name=NULL, id=1 name=NULL and 1 more");
    }
}
