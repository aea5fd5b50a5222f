package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.USERS;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.app.http.ApiError;
import io.rowlock.app.http.Idempotent;
import io.rowlock.batch.Batch;
import io.rowlock.batch.ItemResult;
import io.rowlock.once.Codec;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Many changes of balances, each for itself: one that is refused or fails leaves the others alone.
 *
 * <p>Each is a transaction: a balance changes once in a unit, since the ledger has one booking for each of its versions, and
 * what is answered as applied is committed whatever becomes of the rest.
 *
 * <p>Safe for use by many threads.
 */
final class BalanceBatches {
    /** The most changes of one batch. */
    static final int ITEMS_MAX = 500;

    private static final Codec<Told> TOLD = Idempotent.stored(Told.class);

    private final Rowlock rowlock;
    private final JsonMapper json;
    private final Batch<Numbered, Told> batch;

    /** @param json as facts are written for callers */
    BalanceBatches(Rowlock rowlock, JsonMapper json) {
        this.rowlock = rowlock;
        this.json = json;
        this.batch = Batch.of("lottery-balance-batch", USERS, Numbered::userId, this::change)
                .withChunkSize(1);
    }

    /** One change. */
    record Item(
            UUID userId,
            BalanceType balanceType,
            BalanceOperation operation,
            Money amount,
            @Nullable String description) {}

    private record Numbered(int index, Item item) {
        UUID userId() {
            return item.userId();
        }
    }

    /**
     * What an item's caller is told, in no language yet: the balance as this change left it and its version, or the facts of a
     * refusal, whose code is the reason.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Told(
            @Nullable Money balance,
            @Nullable Long version,
            @Nullable JsonNode facts) {}

    /**
     * Runs all.
     *
     * @param run under which name each is done once, or empty for a run that is not taken up again
     * @return what became of them, in the order of the items
     */
    List<ItemResult<Told>> run(Optional<String> run, List<Item> items) {
        List<Numbered> numbered = IntStream.range(0, items.size())
                .mapToObj(index -> new Numbered(index, items.get(index)))
                .toList();
        return rowlock.batch(run.map(this::resumable).orElse(batch), numbered).results();
    }

    private Batch<Numbered, Told> resumable(String run) {
        return batch.resumable(run, Numbered::index, TOLD, Idempotent.KEPT);
    }

    private ItemResult.Answer<Told> change(Tx tx, Numbered numbered) {
        Item item = numbered.item();
        return Balances.change(
                        tx,
                        item.userId(),
                        item.balanceType(),
                        item.operation(),
                        item.amount(),
                        item.description(),
                        null)
                .fold(
                        changed -> ItemResult.applied(new Told(
                                changed.value().amount(), changed.version().number(), null)),
                        refusal -> ItemResult.refused(
                                ApiError.of((Record) refusal).code(), new Told(null, null, json.valueToTree(refusal))),
                        conflict -> {
                            throw new IllegalStateException("A change without a version met a conflict: " + conflict);
                        });
    }
}
