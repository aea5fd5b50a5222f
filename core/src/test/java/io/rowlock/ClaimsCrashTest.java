package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Jobs.Job;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A worker's process is killed in the middle. Its items come back by themselves, and each is completed once. */
class ClaimsCrashTest {

    @Databases
    void theItemsOfAProcessThatWasKilledComeBackAndAreCompletedOnce(Database database) throws Exception {
        int jobs = 8;
        Jobs.create(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        Claims<Job, Long> claims = rowlock.claims(Jobs.QUEUE);
        Jobs.add(rowlock, jobs);

        try (ClaimsProcess other = ClaimsProcess.start(database, 5)) {
            // It has completed the first three and the fourth, is inside of the fifth, and holds the sixth.
            assertThat(other.awaitInside()).isEqualTo(4);
            other.kill();
        }

        List<Claim<Job, Long>> taken = new ArrayList<>();
        // The connections of the dead are noticed sooner or later, its claims run out.
        Eventually.until("all that is left is taken", Duration.ofSeconds(60), () -> {
            taken.addAll(claims.take(10));
            return taken.size() >= jobs - 4;
        });
        assertThat(Jobs.keys(taken)).containsExactlyInAnyOrder(5L, 6L, 7L, 8L);
        taken.forEach(claim -> {
            assertThat(claim.attempt()).as("%s", claim).isEqualTo(claim.key() <= 6 ? 2 : 1);
            Jobs.complete(rowlock, claims, claim);
        });
        assertThat(Jobs.ask(database, "SELECT COUNT(*) FROM jobs WHERE done = 1 AND claim_state = 'DONE'"))
                .isEqualTo("" + jobs);
        assertThat(claims.take(1)).isEmpty();
    }
}
