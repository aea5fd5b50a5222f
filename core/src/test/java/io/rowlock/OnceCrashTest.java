package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.once.Codec;
import io.rowlock.once.Once;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A process is killed while it answers; whoever comes after it with the same keys ends with one effect for each. */
class OnceCrashTest {
    private static final int KILLS = 3;
    private static final int MORE = 5;

    private Rowlock rowlock;

    @BeforeEach
    void accounts(Database database) throws SQLException {
        Payments.create(database);
        rowlock = Rowlock.on(database.dataSource()).build();
    }

    private Once<Long> pay(String series, int payment) {
        return rowlock.once(OnceProcess.key(series, payment), Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1));
    }

    @Databases
    void aProcessKilledInsideOfItsWorkHasStoredNothing(Database database) throws Exception {
        String series = UUID.randomUUID().toString();
        try (OnceProcess other = OnceProcess.start(database, OnceProcess.Mode.ONE_BY_ONE, series, 3, 3)) {
            assertThat(other.awaitTold(3)).isEqualTo(3);
            other.kill();
        }
        assertThat(Payments.made(rowlock, 1)).isEqualTo(2);
        assertThat(pay(series, 1)).isInstanceOf(Once.Repeat.class);
        assertThat(pay(series, 2)).isInstanceOf(Once.Repeat.class);
        assertThat(pay(series, 3)).isInstanceOf(Once.First.class);
        assertThat(Payments.made(rowlock, 1)).isEqualTo(3);
    }

    @Databases
    void aProcessKilledAtAnyMomentIsGoneOnWith(Database database) throws Exception {
        int made = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            String series = UUID.randomUUID().toString();
            int told;
            try (OnceProcess other =
                    OnceProcess.start(database, OnceProcess.Mode.ONE_BY_ONE, series, Integer.MAX_VALUE, 0)) {
                told = other.awaitTold(3 * kill);
                other.kill();
                told += other.awaitTold(Integer.MAX_VALUE);
            }
            for (int payment = 1; payment <= told; payment++) {
                assertThat(pay(series, payment)).isInstanceOf(Once.Repeat.class);
            }
            for (int payment = told + 1; payment <= told + MORE; payment++) {
                // The first of these may have been stored without anybody being told.
                boolean first = pay(series, payment).isFirst();
                assertThat(first || payment == told + 1).isTrue();
            }
            made += told + MORE;
            assertThat(Payments.made(rowlock, 1)).isEqualTo(made);
        }
    }
}
