package io.rowlock.lab.internal.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolledLockWaitsTest {

    private static LockWaits reading(List<Set<Long>> readings) {
        Deque<Set<Long>> left = new ArrayDeque<>(readings);
        return new PolledLockWaits(noConnection()) {
            @Override
            Set<Long> read(Set<Long> sessions) {
                return left.removeFirst();
            }

            @Override
            public String sessionSql() {
                return "";
            }
        };
    }

    @SuppressWarnings("NullAway") // these readings need none
    private static Connection noConnection() {
        return null;
    }

    @Test
    void oneReadingIsNotEnough() throws SQLException {
        assertThat(reading(List.of(Set.of(1L, 2L), Set.of(2L, 3L))).waiting(Set.of(1L, 2L, 3L)))
                .containsExactly(2L);
    }

    @Test
    void whoWasNotAskedForIsNotReported() throws SQLException {
        assertThat(reading(List.of(Set.of(1L, 9L), Set.of(1L, 9L))).waiting(Set.of(1L)))
                .containsExactly(1L);
    }

    @Test
    void nobodyInTheFirstReadingNeedsNoSecond() throws SQLException {
        assertThat(reading(List.of(Set.of())).waiting(Set.of(1L))).isEmpty();
    }

    @Test
    void theStatusOfInnodbTellsWhoWaits() {
        String status = """
                TRANSACTIONS
                ------------
                LIST OF TRANSACTIONS FOR EACH SESSION:
                ---TRANSACTION (0x7f0000000a80), not started
                0 lock struct(s), heap size 1128, 0 row lock(s)
                ---TRANSACTION 14, ACTIVE 0 sec starting index read
                mysql tables in use 1, locked 1
                LOCK WAIT 2 lock struct(s), heap size 1128, 1 row lock(s)
                MariaDB thread id 7, OS thread handle 139, query id 42 127.0.0.1 rowlock Updating
                UPDATE account SET note = '
                MariaDB thread id 8, LOCK WAIT '
                ------- TRX HAS BEEN WAITING 1000 us FOR THIS LOCK TO BE GRANTED:
                ---TRANSACTION 13, ACTIVE 1 sec
                2 lock struct(s), heap size 1128, 1 row lock(s), undo log entries 1
                MariaDB thread id 6, OS thread handle 138, query id 41 127.0.0.1 rowlock
                LOCK WAIT is only a text here
                ----------------------------
                END OF INNODB MONITOR OUTPUT
                """;
        assertThat(MariaDbLockWaits.waitersIn(status)).containsExactly(7L);
        assertThat(MariaDbLockWaits.isWhole(status)).isTrue();
        assertThat(MariaDbLockWaits.isWhole(status.substring(0, 400))).isFalse();
    }
}
