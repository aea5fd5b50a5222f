package io.rowlock.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Rules about modules, to be checked on what {@link #compiled} reads. Stateless, safe for use by many threads.
 *
 * <p><b>Holds when</b> a module's tests are in a folder beside its classes, as Maven has them. <b>Breaks when</b> a module is empty: then
 * every rule fails, for it has looked at nothing.
 */
public final class ModuleRules {
    private ModuleRules() {}

    /**
     * What the module of a test compiled, and nothing of the modules beside it.
     *
     * @param test a test of the module
     */
    public static JavaClasses compiled(Class<?> test) {
        return new ClassFileImporter().importPath(folderOf(test).resolveSibling("classes"));
    }

    /** The module's tests. */
    public static JavaClasses tests(Class<?> test) {
        return new ClassFileImporter().importPath(folderOf(test));
    }

    private static Path folderOf(Class<?> test) {
        try {
            return Path.of(
                    test.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException notAFile) {
            throw new IllegalStateException("Not in a folder (test=" + test.getName() + ")", notAFile);
        }
    }

    /** It uses these packages, as ArchUnit writes them, and no others. */
    public static ArchRule usesOnly(String... packages) {
        return classes().should().onlyDependOnClassesThat().resideInAnyPackage(packages);
    }

    /**
     * One class alone, with those inside it, asks for the time or sleeps.
     *
     * @param door its simple name
     */
    public static ArchRule onlyOneAsksForTheTimeOrSleeps(String door) {
        return noClasses()
                .that(DescribedPredicate.<JavaClass>describe(
                        "are not " + door, type -> !type.getName().matches(".*\\." + door + "(\\$.*)?")))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("whoever replaces that one object has replaced the clock and every wait");
    }

    /** Of tests: they wait for conditions, by whoever has a deadline for that. */
    public static ArchRule nobodySleeps() {
        return noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("a test that waits for a time is slow on a fast machine and fails on a slow one");
    }

    /** Its packages depend on each other in one direction. */
    public static SliceRule packagesHaveNoCycles() {
        return slices().assignedFrom(onePerPackage()).should().beFreeOfCycles();
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
