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

    /** What does not hold of some findings, a line each. */
    public static List<String> lines(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> !finding.holds())
                .map(finding -> finding.check() + ": not so: " + finding.rule() + " (violations=" + finding.violations()
                        + ", such as " + String.join("; ", finding.examples()) + ")")
                .toList();
    }

    /** Whether the rule holds everywhere. */
    public boolean holds() {
        return violations == 0;
    }
}
