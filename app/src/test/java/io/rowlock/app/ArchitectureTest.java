package io.rowlock.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The facts about the application that its sources alone do not show. */
class ArchitectureTest {

    /** The application is not a Java module, so nothing but this test keeps it to what the libraries publish. */
    @Test
    void itUsesPublishedApiOnly() throws URISyntaxException {
        Path tests = Path.of(ArchitectureTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.rowlock..internal..")
                .because("if a system needs an internal, the API is wrong")
                .check(new ClassFileImporter().importPath(tests.resolveSibling("classes")));
    }
}
