package io.rowlock.lab.hermitage;

import java.util.List;
import java.util.Optional;

/**
 * One case at one level.
 *
 * @param level such as {@code REPEATABLE READ}, with the switch that changes it
 * @param symbol as the literature writes the phenomenon, such as {@code G2-item}
 * @param title the phenomenon in words
 * @param allowed whether it happened; empty if that cannot be told
 * @param claimed whether Hermitage says that it can happen there; empty if it says nothing
 * @param means how it went otherwise: who waited, who failed with which code; in the order of the transactions
 * @param rows what the transactions saw and what the table held at the end
 * @param differences where a note of Hermitage is not what was seen
 */
public record HermitageCell(
        String level,
        String symbol,
        String title,
        Optional<Boolean> allowed,
        Optional<Boolean> claimed,
        List<String> means,
        List<String> rows,
        List<String> differences) {

    public HermitageCell {
        means = List.copyOf(means);
        rows = List.copyOf(rows);
        differences = List.copyOf(differences);
    }

    /** Whether Hermitage says the same, or nothing. */
    public boolean asClaimed() {
        return claimed.isEmpty() || claimed.equals(allowed);
    }

    /** In a few words: {@code allowed}, or {@code prevented}, then by what. */
    public String verdict() {
        String verdict = allowed.map(each -> each ? "allowed" : "prevented").orElse("played");
        return means.isEmpty() ? verdict : verdict + ": " + String.join(", ", means);
    }
}
