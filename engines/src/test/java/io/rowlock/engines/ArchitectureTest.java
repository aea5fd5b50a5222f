package io.rowlock.engines;

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
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are guards",
                        type -> type.getPackageName().startsWith("io.rowlock")
                                && !type.getPackageName().matches("io\\.rowlock\\.(dialect|engines)(\\..*)?")))
                .because("a server for tests must not know what is tested on it")
                .allowEmptyShould(true)
                .check(module);
    }

    @Test
    void onlyEventuallySleepsAndNothingAsksForTheTime() {
        noClasses()
                .that(areNotTheOneDoor())
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("every wait of a test has a deadline and is made in one place")
                .allowEmptyShould(true)
                .check(module);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(onePerPackage())
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(module);
    }

    private static DescribedPredicate<JavaClass> areNotTheOneDoor() {
        return DescribedPredicate.describe(
                "are not Eventually", type -> !type.getName().matches(".*\\.Eventually(\\$.*)?"));
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
