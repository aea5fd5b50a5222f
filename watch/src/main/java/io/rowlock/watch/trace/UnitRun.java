package io.rowlock.watch.trace;

import java.util.List;

/**
 * One run of a unit: what the program calls one thing, such as a request, a method or a test.
 *
 * @param number tells runs apart; 1, 2, 3
 * @param name what runs of one kind share; empty for what ran outside of any unit, which is a run for each lent connection
 * @param transactions in the order in which they began
 */
public record UnitRun(long number, String name, List<Transaction> transactions) {
    public UnitRun {
        transactions = List.copyOf(transactions);
    }
}
