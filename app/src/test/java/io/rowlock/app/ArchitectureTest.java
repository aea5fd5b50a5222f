package io.rowlock.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.rowlock.rules.ModuleRules.nobodySleeps;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.story.StoryRaces;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.rules.ModuleRules;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The facts about the application that its sources alone do not show. */
class ArchitectureTest {
    private static final JavaClasses APPLICATION = ModuleRules.compiled(ArchitectureTest.class);

    /** The application is not a Java module, so nothing but this test keeps it to what the libraries publish. */
    @Test
    void itUsesPublishedApiOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.rowlock..internal..")
                .because("if a system needs an internal, the API is wrong")
                .check(APPLICATION);
    }

    @Test
    void itsPackagesDependOnEachOtherInOneDirection() {
        slices().matching("io.rowlock.app.(*)..").should().beFreeOfCycles().check(APPLICATION);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.rowlock.app.http..",
                        "io.rowlock.app.limit..",
                        "io.rowlock.app.metrics..",
                        "io.rowlock.app.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.rowlock.app.lottery..",
                        "io.rowlock.app.credits..",
                        "io.rowlock.app.mastery..",
                        "io.rowlock.app.story..",
                        "io.rowlock.app.sync..")
                .because("a system takes part by beans; what serves it does not know it")
                .check(APPLICATION);
    }

    /** Whoever reads the units need not look for transactions, queries or locks that come from elsewhere. */
    @Test
    void theSystemsReachTheDatabaseThroughRowlockAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.rowlock.app.lottery..",
                        "io.rowlock.app.credits..",
                        "io.rowlock.app.mastery..",
                        "io.rowlock.app.story..",
                        "io.rowlock.app.sync..")
                .and()
                // It adds keys to tables, which is no part of a unit; the bean hands it what it does that with.
                .doNotHaveSimpleName("GrantRepair")
                .and()
                .doNotHaveSimpleName("CreditConfiguration")
                .and()
                // It has the file written anew, which is no part of a transaction.
                .doNotHaveSimpleName("StoryBackup")
                .and()
                .doNotHaveSimpleName("UpkeepConfiguration")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "javax.sql..",
                        "com.zaxxer..",
                        "org.springframework.jdbc..",
                        "org.springframework.transaction..")
                .check(APPLICATION);
    }

    /** What says whether the books are right may not stand on what writes them. */
    @Test
    void theAuditOfTheBooksIsSqlAlone() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.rowlock.app.audit",
                        "io.rowlock.app.lottery.audit",
                        "io.rowlock.app.credits.audit",
                        "io.rowlock.app.mastery.audit",
                        "io.rowlock.app.story.audit",
                        "io.rowlock.app.sync.audit")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "io.rowlock.app.audit",
                        "io.rowlock.app.lottery.audit",
                        "io.rowlock.app.credits.audit",
                        "io.rowlock.app.mastery.audit",
                        "io.rowlock.app.story.audit",
                        "io.rowlock.app.sync.audit")
                .check(APPLICATION);
    }

    @Test
    void itsTestsDoNotSleep() {
        nobodySleeps().check(ModuleRules.tests(ArchitectureTest.class));
    }

    @Test
    void timeComesFromTheUnits() {
        noClasses()
                .that()
                .resideInAPackage("io.rowlock.app..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .check(APPLICATION);
    }

    /** Its packages see each other; from outside it is HTTP, its races, its documents by the command line, and its audit. */
    @Test
    void nobodyCallsTheStoriesButThroughHttp() {
        noClasses()
                .that()
                .resideInAPackage("io.rowlock.app..")
                .and()
                .resideOutsideOfPackage("io.rowlock.app.story..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.rowlock.app.story..")
                        .and(resideOutsideOfPackages("io.rowlock.app.story.audit", "io.rowlock.app.story.document"))
                        .and(not(type(StoryRaces.class)))
                        .and(not(type(StoryPath.class))))
                .check(APPLICATION);
    }

    /** What is learned is arithmetic: the same on any node, and nothing of it waits, locks or asks the time. */
    @Test
    void theModelOfTheMasteryIsPure() {
        classes()
                .that()
                .resideInAPackage("io.rowlock.app.mastery.model")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "com.fasterxml.jackson.annotation", // how its constants are written
                        "java.lang..",
                        "java.nio",
                        "java.time..",
                        "java.util..",
                        "org.ejml..",
                        "org.jspecify..",
                        "io.rowlock.app.mastery.model")
                .check(APPLICATION);
        noClasses()
                .that()
                .resideInAPackage("io.rowlock.app..")
                .and()
                .resideOutsideOfPackage("io.rowlock.app.mastery..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.rowlock.app.mastery.model")
                .check(APPLICATION);
    }

    @Test
    void whatNobodyOutsideUsesIsNotPublic() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.rowlock.app.lottery..",
                        "io.rowlock.app.credits..",
                        "io.rowlock.app.mastery..",
                        "io.rowlock.app.sync..")
                .and()
                .resideOutsideOfPackages(
                        "io.rowlock.app.lottery.audit",
                        "io.rowlock.app.credits.audit",
                        "io.rowlock.app.mastery.audit",
                        "io.rowlock.app.mastery.model",
                        "io.rowlock.app.sync.audit",
                        "io.rowlock.app.sync.remote")
                .and()
                .areTopLevelClasses()
                .and()
                .haveSimpleNameNotEndingWith("Contests") // shows them beside what they are not
                .and()
                .haveSimpleNameNotEndingWith("Races")
                .and()
                .doNotHaveSimpleName("LocalSync") // for the command line
                .and()
                .doNotHaveSimpleName("GrantRepair") // may be run without the service
                .and()
                .doNotImplement(RaceSystem.class) // lists them for whoever runs races
                .should()
                .notBePublic()
                .because("nobody calls a system but through HTTP; its books may be audited by anybody")
                .check(APPLICATION);
    }
}
