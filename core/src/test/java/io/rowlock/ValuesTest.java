package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.internal.table.TableDef;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The small values of the interface. */
class ValuesTest {

    // ---- Version

    @Test
    void aVersionComesBackFromItsEntityTag() {
        for (Version version : List.of(
                Version.of(1),
                Version.of(Long.MAX_VALUE),
                new Version(7, 31),
                new Version(7, Long.MAX_VALUE),
                new Version(7, -1))) {
            assertThat(Version.parse(version.etag())).isEqualTo(version);
            assertThat(Version.parse("W/" + version.etag())).isEqualTo(version);
            assertThat(Version.parse(" " + version + " ")).isEqualTo(version);
        }
        assertThat(Version.of(7).etag()).isEqualTo("\"7\"");
        assertThat(new Version(7, 31).etag()).isEqualTo("\"7-1f\"");
        assertThat(new Version(7, 31).next()).isEqualTo(new Version(8, 31));
    }

    @Test
    void whatIsNoEntityTagOfOursIsRefused() {
        for (String text : List.of(
                "", "\"\"", "*", "x", "7-", "-7", "0", "7-xyz", "\"7", "7-1f-2", "W/", "99999999999999999999")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Version.parse(text));
        }
    }

    // ---- Key

    @Test
    void partsAreKeptApart() {
        assertThat(Key.of("a", "b:c")).isNotEqualTo(Key.of("a", "b", "c"));
        assertThat(Key.of("a", "b\\", "c")).isNotEqualTo(Key.of("a", "b\\:c"));
        assertThat(Key.of("a:b", "c")).isNotEqualTo(Key.of("a", "b:c"));
        assertThat(Key.of("a:b", "c").kind()).isNotEqualTo(Key.of("a", "b:c").kind());
        assertThat(Key.of("free-plays", 17))
                .isEqualTo(Key.of("free-plays", "17"))
                .hasSameHashCodeAs(Key.of("free-plays", 17L));
        assertThat(Key.of("free-plays", 17).kind()).isEqualTo("free-plays");
        assertThat(Key.of("alone").kind()).isEqualTo("alone");
        assertThat(Key.of("order", "AB")).isNotEqualTo(Key.of("order", "ab"));
        assertThat(Key.of("a", 1)).isLessThan(Key.of("a", 2));
    }

    @Test
    void theLongestKeyIsCountedInBytes() {
        assertThat(Key.of("k", "x".repeat(Key.BYTES_MAX - 2)).bytes()).hasSize(Key.BYTES_MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> Key.of("k", "é".repeat(127)));
        assertThatThrownBy(() -> Key.of("k", (Object) null)).isInstanceOf(NullPointerException.class);
    }

    // ---- Update, Locked

    @Test
    void eachAnswerFoldsIntoItsOwnCase() {
        List<Update<String>> answers = List.of(
                new Update.Applied<>("new", Version.of(2)),
                new Update.Conflict<>("now", Version.of(1), Version.of(3)),
                new Update.Missing<>());
        assertThat(answers)
                .extracting(answer ->
                        answer.<String>fold(a -> "applied " + a.row(), c -> "conflict " + c.actual(), m -> "missing"))
                .containsExactly("applied new", "conflict 3", "missing");
        assertThat(answers).extracting(Update::isApplied).containsExactly(true, false, false);
        assertThat(answers.get(0)
                        .orElseThrow((now, version) -> new IllegalStateException(now), IllegalStateException::new)
                        .version())
                .isEqualTo(Version.of(2));
        assertThatThrownBy(() -> answers.get(1)
                        .orElseThrow(
                                (now, version) -> new IllegalStateException(now + version), IllegalStateException::new))
                .hasMessage("now3");
        assertThatThrownBy(() -> answers.get(2)
                        .orElseThrow((now, version) -> new IllegalStateException(now), IllegalCallerException::new))
                .isInstanceOf(IllegalCallerException.class);
        Locked<String> none = new Locked.NoRow<>();
        Locked<String> busy = new Locked.Busy<>();
        assertThat(none.<String>fold(row -> "held", () -> "none", () -> "busy")).isEqualTo("none");
        assertThat(busy.<String>fold(row -> "held", () -> "none", () -> "busy")).isEqualTo("busy");
        assertThat(busy.held()).isEmpty();
    }

    // ---- messages

    @Test
    void aMessageIsAFixedClauseAndItsFacts() {
        LockTimeout timeout = new LockTimeout(Map.of("unit", "pay"), null);
        assertThat(timeout).hasMessage("Lock not had in time (unit=pay)");
        assertThat(timeout.facts()).containsEntry("unit", "pay");
        assertThatThrownBy(() -> timeout.facts().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    // ---- names

    record Line(long orderId, int lineNo, String unitPriceText, long version) {}

    record LineKey(long orderId, int lineNo) {}

    @Test
    void componentsAreNamedAsColumnsAreWhateverTheMachinesLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            TableDef<Line, LineKey> lines = (TableDef<Line, LineKey>)
                    Table.of("shop.Lines", Line.class).key(LineKey.class).build();
            assertThat(lines.select())
                    .isEqualTo("SELECT order_id, line_no, unit_price_text, version FROM shop.Lines"
                            + " WHERE order_id = ? AND line_no = ?");
            assertThat(lines.update())
                    .isEqualTo("UPDATE shop.Lines SET unit_price_text = ?, version = version + 1"
                            + " WHERE order_id = ? AND line_no = ? AND version = ?");
            assertThat(lines.insert())
                    .isEqualTo(
                            "INSERT INTO shop.Lines (order_id, line_no, unit_price_text, version) VALUES (?, ?, ?, ?)");
            assertThat(lines.physicalName()).isEqualTo("shop.lines");
            assertThat(lines.key(new Line(1, 2, "x", 3))).isEqualTo(new LineKey(1, 2));
            assertThat(lines.describe(new LineKey(1, 2))).isEqualTo("shop.Lines[LineKey[orderId=1, lineNo=2]]");
            assertThat(lines.stamped(new Line(1, 2, "x", 3), Version.of(9))).isEqualTo(new Line(1, 2, "x", 9));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aRenamedColumnAndAVersionOfAnotherNameAreWritten() {
        record Money(long id, long amount, long balanceVersion) {}
        TableDef<Money, Long> money = (TableDef<Money, Long>) Table.of("money", Money.class)
                .key("id", Long.class)
                .column("amount", "balance")
                .version("balance_version")
                .build();
        assertThat(money.update())
                .isEqualTo("UPDATE money SET balance = ?, balance_version = balance_version + 1"
                        + " WHERE id = ? AND balance_version = ?");
    }

    @Test
    void textKeysAreOrderedByJavaAndNotByTheDatabase() {
        record Word(String word, long version) {}
        TableDef<Word, String> words = (TableDef<Word, String>)
                Table.of("words", Word.class).key("word", String.class).build();
        assertThat(words.compareKeys("B", "a")).isNegative();
        assertThat(words.compareKeys("a", "a")).isZero();
    }

    // ---- Unit, LockMode

    @Test
    void aUnitsOptionsAreItsDefaultsUntilSaid() {
        Unit unit = Unit.defaults();
        assertThat(unit.attemptsMax()).isEqualTo(12);
        assertThat(unit.withName("pay").withName("unit")).isEqualTo(unit);
        assertThat(Unit.named("pay").name()).isEqualTo("pay");
        assertThat(unit.withRetryLockTimeouts(false).retryLockTimeouts()).isFalse();
        assertThat(LockMode.waitAtMost(java.time.Duration.ZERO).kind()).isEqualTo(LockMode.Kind.WAIT);
    }
}
