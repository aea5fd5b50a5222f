package io.rowlock.internal.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rowlock.Table;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Eventually;
import io.rowlock.internal.table.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The parts of a unit that need no database. */
class SmallPartsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    record Item(long id, long version) {}

    private static final TableDef<Item, Long> ITEMS = (TableDef<Item, Long>)
            Table.of("items", Item.class).key("id", Long.class).build();

    private static RowId row(long id) {
        return new RowId(0, "items", id, ITEMS);
    }

    // ---- SqlText

    @Test
    void theFirstWordIsFoundBehindSpaceBracketsAndComments() {
        assertThat(SqlText.firstWord("commit")).isEqualTo("COMMIT");
        assertThat(SqlText.firstWord(" ;( /* a */ -- b\n\t# c\n RollBack to x")).isEqualTo("ROLLBACK");
        assertThat(SqlText.firstWord("/* never closed")).isEmpty();
        assertThat(SqlText.firstWord("-- only a comment")).isEmpty();
        assertThat(SqlText.firstWord("")).isEmpty();
        assertThat(SqlText.isPragma("pragma foreign_keys = off")).isTrue();
        assertThat(SqlText.isPragma("SELECT 'PRAGMA'")).isFalse();
    }

    @Test
    void whatEndsTheTransactionIsRefusedAndWhatOnlyLooksLikeItIsNot() {
        for (Engine engine : Engine.values()) {
            for (String sql : List.of("COMMIT", "begin;", "START TRANSACTION", "XA END 'x'", "end", "RELEASE s")) {
                assertThatIllegalStateException().isThrownBy(() -> SqlText.requireHarmless(sql, engine));
            }
            for (String sql : List.of(
                    "SELECT 'COMMIT'", "UPDATE commit SET n = 1", "COMMITS", "WITH x AS (SELECT 1) DELETE FROM y")) {
                SqlText.requireHarmless(sql, engine);
            }
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> SqlText.requireHarmless("CREATE INDEX i ON t (a)", Engine.MYSQL));
        SqlText.requireHarmless("CREATE INDEX i ON t (a)", Engine.POSTGRESQL);
        SqlText.requireHarmless("CREATE INDEX i ON t (a)", Engine.SQLITE);
    }

    // ---- RetryBudget

    @Test
    void aBudgetIsSpentGivenBackAndRefilledByATenthPerSecond() {
        long now = Long.MAX_VALUE - SECOND;
        RetryBudget budget = new RetryBudget(10, now);
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(now)).isTrue();
        }
        assertThat(budget.take(now)).isFalse();
        budget.giveBack();
        assertThat(budget.take(now)).isTrue();
        assertThat(budget.take(now)).isFalse();
        now += 2 * SECOND;
        assertThat(List.of(budget.take(now), budget.take(now), budget.take(now)))
                .containsExactly(true, true, false);
    }

    @Test
    void aBudgetNeverHoldsMoreThanItsMeasure() {
        RetryBudget budget = new RetryBudget(3, 0);
        for (int i = 0; i < 100; i++) {
            budget.giveBack();
        }
        long late = 1000 * SECOND;
        int taken = 0;
        while (budget.take(late)) {
            taken++;
        }
        assertThat(taken).isEqualTo(3);
    }

    // ---- Contention

    @Test
    void aRowIsContendedForASecondAfterItWasFoundChanged() {
        Contention contention = new Contention();
        long now = Long.MAX_VALUE - SECOND / 2;
        assertThat(contention.isContended(row(1), now)).isFalse();
        contention.changed(row(1), now);
        assertThat(contention.isContended(row(1), now + SECOND - 1)).isTrue();
        assertThat(contention.isContended(row(2), now)).isFalse();
        assertThat(contention.isContended(row(1), now + SECOND + 1)).isFalse();
    }

    @Test
    void noMoreThanTheLimitAreInsideAndAllGetIn() {
        Contention contention = new Contention();
        for (int i = 0; i < 200; i++) {
            contention.learned(true);
        }
        assertThat(contention.allowed()).isEqualTo(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        long[] plain = new long[1];
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int t = 0; t < 12; t++) {
            actors.add(() -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(contention.enter(TimeUnit.SECONDS.toNanos(30), () -> {}))
                            .isTrue();
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    plain[0]++;
                    inside.decrementAndGet();
                    contention.leave();
                }
                return 500;
            });
        }
        Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
        assertThat(most).hasValue(1);
        assertThat(plain[0]).isEqualTo(6000);
    }

    @Test
    void whoGivesUpTakesNoPlaceAndLosesNone() {
        Contention contention = new Contention();
        for (int i = 0; i < 200; i++) {
            contention.learned(true);
        }
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            actors.add(() -> {
                int in = 0;
                for (int i = 0; i < 500; i++) {
                    if (contention.enter(10_000, () -> {})) {
                        in++;
                        contention.leave();
                    }
                }
                return in;
            });
        }
        Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
        assertThat(enter(contention, 0)).as("nobody is left inside").isTrue();
        contention.leave();
    }

    @Test
    void anInterruptEndsTheWaitForAPlace() throws Exception {
        Contention contention = new Contention();
        for (int i = 0; i < 200; i++) {
            contention.learned(true);
        }
        assertThat(enter(contention, 0)).isTrue();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread waiter = new Thread(() -> {
            try {
                contention.enter(TimeUnit.SECONDS.toNanos(30), () -> {});
            } catch (InterruptedException expected) {
                interrupted.set(true);
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        Eventually.until("it waits", Eventually.DEADLINE, () -> waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();
        waiter.join(20_000);
        assertThat(interrupted).isTrue();
        contention.leave();
        assertThat(enter(contention, 0)).isTrue();
    }

    private static boolean enter(Contention contention, long nanos) {
        try {
            return contention.enter(nanos, () -> {});
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void theLimitFallsWithCollisionsAndRisesAgain() {
        Contention contention = new Contention();
        assertThat(contention.allowed()).isEqualTo(256);
        for (int i = 0; i < 30; i++) {
            contention.learned(true);
        }
        int low = contention.allowed();
        assertThat(low).isLessThan(32);
        for (int i = 0; i < 30; i++) {
            contention.learned(false);
        }
        assertThat(contention.allowed()).isGreaterThan(low).isLessThan(256);
    }

    // ---- HotRows, RowId

    @Test
    void aRowIsHotForASecond() {
        HotRows hot = new HotRows();
        long now = Long.MAX_VALUE - SECOND / 2;
        hot.mark(row(1), now);
        assertThat(hot.isHot(row(1), now + SECOND - 1)).isTrue();
        assertThat(hot.isHot(row(1), now + SECOND + 1)).isFalse();
        assertThat(hot.isHot(row(2), now)).isFalse();
    }

    @Test
    void rowsAreOrderedByRankThenTableThenKey() {
        List<RowId> rows = new ArrayList<>(List.of(
                new RowId(1, "a", 1L, ITEMS),
                new RowId(0, "b", 10L, ITEMS),
                new RowId(0, "b", 9L, ITEMS),
                new RowId(0, "a", 50L, ITEMS)));
        rows.sort(null);
        assertThat(rows).extracting(RowId::toString).containsExactly("a[50]", "b[9]", "b[10]", "a[1]");
    }
}
