package io.rowlock.app.audit;

import java.util.List;

/**
 * What one check found. Immutable, safe for use by many threads.
 *
 * @param check the name of the check, constant text such as {@code ledger-sum}
 * @param rule what is true of right books, one sentence
 * @param violations how often it is not; 0 if all is well
 * @param examples up to {@value SqlAudit#EXAMPLES_MAX} of them, as {@code name=value, name=value}
 */
public record Finding(String check, String rule, long violations, List<String> examples) {
    public Finding {
        examples = List.copyOf(examples);
    }

    /** Whether the rule holds everywhere. */
    public boolean holds() {
        return violations == 0;
    }
}
