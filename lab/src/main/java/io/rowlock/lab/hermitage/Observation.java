package io.rowlock.lab.hermitage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What was seen while a case was played: by its transactions, of them, and in the table at the end. */
final class Observation {

    /** The rows that one statement saw, by id. */
    record Read(int step, String transaction, Map<Integer, Integer> rows) {}

    /** A step that waited for a lock. */
    record Wait(int step, String transaction) {}

    final List<Read> reads = new ArrayList<>();
    final List<Wait> waits = new ArrayList<>();
    final Map<String, String> failures = new TreeMap<>();
    final Set<String> committed = new HashSet<>();
    final Map<Integer, Integer> atEnd = new TreeMap<>();

    /** The rows that a transaction's read saw, counted from 0; none if it did not get so far. */
    Optional<Map<Integer, Integer>> read(String transaction, int number) {
        return reads.stream()
                .filter(read -> read.transaction().equals(transaction))
                .skip(number)
                .findFirst()
                .map(Read::rows);
    }

    /** Whether a transaction saw a value in any of its reads. */
    boolean saw(String transaction, int value) {
        return reads.stream()
                .anyMatch(read ->
                        read.transaction().equals(transaction) && read.rows().containsValue(value));
    }

    boolean committed(String... transactions) {
        return committed.containsAll(Set.of(transactions));
    }
}
