package io.rowlock.engines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.rowlock.rules.ModuleRules.nobodySleeps;
import static io.rowlock.rules.ModuleRules.onlyOneAsksForTheTimeOrSleeps;
import static io.rowlock.rules.ModuleRules.packagesHaveNoCycles;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.rowlock.rules.ModuleRules;
import org.junit.jupiter.api.Test;

/** The facts about this module that its sources alone do not show. */
class ArchitectureTest {
    private static final JavaClasses MODULE = ModuleRules.compiled(ArchitectureTest.class);

    @Test
    void itUsesOnlyWhatItMay() {
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are guards",
                        type -> type.getPackageName().startsWith("io.rowlock")
                                && !type.getPackageName().matches("io\\.rowlock\\.(dialect|engines)(\\..*)?")))
                .because("a server for tests must not know what is tested on it")
                .check(MODULE);
    }

    @Test
    void onlyEventuallySleepsAndNothingAsksForTheTime() {
        onlyOneAsksForTheTimeOrSleeps("Eventually").check(MODULE);
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
