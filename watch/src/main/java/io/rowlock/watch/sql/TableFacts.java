package io.rowlock.watch.sql;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a schema says of a table. All names in lower case.
 *
 * @param primaryKey its columns in order; empty if there is none
 * @param uniqueKeys the columns of each unique index, the primary key's among them
 * @param references for each foreign key the table that it points to, with its own columns
 * @param columns all columns in order
 */
public record TableFacts(
        String name,
        List<String> primaryKey,
        Set<List<String>> uniqueKeys,
        Map<List<String>, String> references,
        List<String> columns) {
    public TableFacts {
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = Set.copyOf(uniqueKeys);
        references = Map.copyOf(references);
        columns = List.copyOf(columns);
    }
}
