package io.rowlock.watch;

import static io.rowlock.rules.ModuleRules.nobodySleeps;
import static io.rowlock.rules.ModuleRules.onlyOneAsksForTheTimeOrSleeps;
import static io.rowlock.rules.ModuleRules.packagesHaveNoCycles;
import static io.rowlock.rules.ModuleRules.usesOnly;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.rowlock.rules.ModuleRules;
import org.junit.jupiter.api.Test;

/** The facts about this module that its sources alone do not show. */
class ArchitectureTest {
    private static final JavaClasses MODULE = ModuleRules.compiled(ArchitectureTest.class);

    @Test
    void itUsesOnlyWhatItMay() {
        usesOnly(
                        "io.rowlock.watch..",
                        "io.rowlock.dialect..",
                        "java..",
                        "javax.sql..",
                        "javax.crypto..",
                        "org.jspecify..",
                        "net.ttddyy.dsproxy..",
                        "net.sf.jsqlparser..")
                .check(MODULE);
    }

    @Test
    void onlyTimingAsksForTheTimeOrSleeps() {
        onlyOneAsksForTheTimeOrSleeps("Timing").check(MODULE);
    }

    @Test
    void itsTestsDoNotSleep() {
        nobodySleeps().check(ModuleRules.tests(ArchitectureTest.class));
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        packagesHaveNoCycles().check(MODULE);
    }
}
