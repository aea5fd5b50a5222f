package io.rowlock;

import static io.rowlock.rules.ModuleRules.nobodySleeps;
import static io.rowlock.rules.ModuleRules.onlyOneAsksForTheTimeOrSleeps;
import static io.rowlock.rules.ModuleRules.packagesHaveNoCycles;
import static io.rowlock.rules.ModuleRules.usesOnly;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.rowlock.rules.ModuleRules;
import org.junit.jupiter.api.Test;

/** The facts about this module that its sources alone do not show. */
class ArchitectureTest {
    private static final JavaClasses MODULE = ModuleRules.compiled(ArchitectureTest.class);

    @Test
    void itUsesOnlyWhatItMay() {
        usesOnly(
                        "io.rowlock",
                        "io.rowlock.batch",
                        "io.rowlock.claim",
                        "io.rowlock.companion",
                        "io.rowlock.event",
                        "io.rowlock.lease",
                        "io.rowlock.once",
                        "io.rowlock.internal..",
                        "io.rowlock.dialect",
                        "java..",
                        "javax.sql..",
                        "org.jspecify..")
                .because("core is the JDK, the dialect and annotations, whatever else is on a class path")
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

    /**
     * The API hands on to what is behind it, and what is behind it implements the API; its entry offers guards whose types
     * have packages of their own and speak of keys and units: those two ways are left out.
     */
    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        packagesHaveNoCycles()
                .ignoreDependency(
                        JavaClass.Predicates.resideInAPackage("io.rowlock"),
                        JavaClass.Predicates.resideInAPackage("io.rowlock.internal.."))
                .ignoreDependency(
                        JavaClass.Predicates.belongToAnyOf(Rowlock.class, RowlockBuilder.class, Tx.class),
                        JavaClass.Predicates.resideInAnyPackage(
                                "io.rowlock.batch",
                                "io.rowlock.claim",
                                "io.rowlock.companion",
                                "io.rowlock.lease",
                                "io.rowlock.once"))
                .check(MODULE);
    }
}
