package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ActorsTest {

    @Test
    void allAreAtWorkAtTheSameTime() {
        CyclicBarrier meeting = new CyclicBarrier(3);
        Callable<Boolean> actor = () -> {
            meeting.await(10, TimeUnit.SECONDS);
            return true;
        };
        assertThat(Actors.<Boolean>run(actor, actor, actor))
                .extracting(Actors.Outcome::get)
                .containsExactly(true, true, true);
    }

    @Test
    void eachOutcomeIsKeptInOrder() {
        List<Actors.Outcome<String>> outcomes = Actors.run(() -> "a", () -> {
            throw new IllegalStateException("b");
        });
        assertThat(outcomes.get(0).succeeded()).isTrue();
        assertThat(outcomes.get(0).get()).isEqualTo("a");
        assertThat(outcomes.get(1).succeeded()).isFalse();
        assertThat(outcomes.get(1).failure()).hasMessage("b");
        assertThatThrownBy(() -> outcomes.get(1).get())
                .isInstanceOf(AssertionError.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void anActorThatDoesNotEndIsNamedAndInterrupted() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Callable<String> stuck = () -> {
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        assertThatThrownBy(() -> Actors.run(Duration.ofMillis(50), List.of(() -> "done", stuck)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("late=[actor-2]")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(stack -> assertThat(stack).hasStackTraceContaining("CountDownLatch.await")));
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void noActorsAreDoneAtOnce() {
        assertThat(Actors.run(Duration.ofSeconds(1), List.<Callable<String>>of()))
                .isEmpty();
    }
}
