package io.rowlock.internal.unit;

import io.rowlock.internal.table.TableDef;

/**
 * Which row of the database, whatever table description it was reached through, and its place in the one order in which
 * rows are locked: declared tables first, then by name, then by key as Java compares it.
 */
record RowId(int rank, String table, Object key, TableDef<?, ?> order) implements Comparable<RowId> {

    @Override
    public int compareTo(RowId other) {
        int byRank = Integer.compare(rank, other.rank);
        if (byRank != 0) {
            return byRank;
        }
        int byTable = table.compareTo(other.table);
        return byTable != 0 ? byTable : order.compareKeys(key, other.key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowId id && key.equals(id.key) && table.equals(id.table);
    }

    @Override
    public int hashCode() {
        return 31 * table.hashCode() + key.hashCode();
    }

    /** A number for this row that all processes agree on; two rows may share one, which costs fairness, never safety. */
    long gate() {
        long hash = 0xcbf29ce484222325L;
        String text = "rowlock:" + table + ':' + key;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    @Override
    public String toString() {
        return table + "[" + key + "]";
    }
}
