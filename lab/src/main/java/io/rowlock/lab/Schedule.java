package io.rowlock.lab;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * In which order actors took their steps, such as {@code A1 B1 B2 Bc A2 Ac}. Written down it can be replayed for ever, as
 * long as the code still takes these steps.
 *
 * <p>A move lets an actor take its next step. If the step has to wait for a lock, the next move comes meanwhile, and the step
 * ends when the lock is free: that is no move.
 *
 * @param moves in order
 */
public record Schedule(List<Move> moves) {
    public Schedule {
        moves = List.copyOf(moves);
    }

    /**
     * Reads a schedule as {@link #toString} writes it.
     *
     * @throws IllegalArgumentException if it is none, with the first move that is wrong
     */
    public static Schedule parse(String text) {
        String trimmed = text.strip();
        return new Schedule(
                trimmed.isEmpty()
                        ? List.of()
                        : Arrays.stream(trimmed.split("\\s+")).map(Move::parse).collect(Collectors.toList()));
    }

    /** How often another actor goes on than the one before. */
    public int switches() {
        int switches = 0;
        for (int i = 1; i < moves.size(); i++) {
            if (moves.get(i).actor() != moves.get(i - 1).actor()) {
                switches++;
            }
        }
        return switches;
    }

    @Override
    public String toString() {
        return moves.stream().map(Move::toString).collect(Collectors.joining(" "));
    }
}
