package io.rowlock;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The facts about this module that its sources alone do not show. */
class ArchitectureTest {

    private static JavaClasses module;

    /** Reads what this module compiled, and none of the modules beside it. */
    @BeforeAll
    static void readTheModule() throws URISyntaxException {
        Path tests = Path.of(ArchitectureTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        module = new ClassFileImporter().importPath(tests.resolveSibling("classes"));
    }

    @Test
    void itUsesOnlyWhatItMay() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
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
                .allowEmptyShould(true)
                .check(module);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.rowlock.engines..")
                .because("only tests start servers")
                .allowEmptyShould(true)
                .check(module);
    }

    @Test
    void onlyTimingAsksForTheTimeOrSleeps() {
        noClasses()
                .that(areNotTiming())
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("a test must be able to replace the clock and the sleeper by replacing one object")
                .allowEmptyShould(true)
                .check(module);
    }

    /**
     * The API hands on to what is behind it, and what is behind it implements the API; its entry offers guards whose types
     * have packages of their own and speak of keys and units: those two ways are left out.
     */
    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(onePerPackage())
                .should()
                .beFreeOfCycles()
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
                .allowEmptyShould(true)
                .check(module);
    }

    private static DescribedPredicate<JavaClass> areNotTiming() {
        return DescribedPredicate.describe(
                "are not Timing", type -> !type.getName().matches(".*\\.Timing(\\$.*)?"));
    }

    private static SliceAssignment onePerPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }
}
