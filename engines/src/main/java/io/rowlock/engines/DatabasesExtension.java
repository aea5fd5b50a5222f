package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Databases} does. */
final class DatabasesExtension implements TestTemplateInvocationContextProvider {

    private static final String PROPERTY = "rowlock.engines";
    private static final List<Engine> DEFAULT = List.of(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB);
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(DatabasesExtension.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), Databases.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        List<Engine> wanted = wanted(context);
        Optional<Set<Engine>> allowed = Settings.get(PROPERTY).map(DatabasesExtension::parse);
        List<Engine> engines = wanted.stream()
                .filter(allowed.<Predicate<Engine>>map(set -> set::contains).orElse(engine -> true))
                .toList();
        if (engines.isEmpty()) {
            String reason = "No engine is left for this test (wants=%s, %s=%s)"
                    .formatted(wanted, PROPERTY, Settings.get(PROPERTY).orElse(""));
            return Stream.of(new Invocation("no engine", new Skip(reason)));
        }
        return engines.stream()
                .<TestTemplateInvocationContext>map(engine -> new Invocation(engine.name(), new OnEngine(engine)));
    }

    private static List<Engine> wanted(ExtensionContext context) {
        return Stream.of(
                        AnnotationSupport.findAnnotation(context.getTestMethod(), Databases.class),
                        AnnotationSupport.findAnnotation(
                                context.getRequiredTestClass(), Databases.class, context.getEnclosingTestClasses()))
                .flatMap(Optional::stream)
                .map(annotation -> List.of(annotation.value()))
                .filter(engines -> !engines.isEmpty())
                .findFirst()
                .orElse(DEFAULT);
    }

    static Set<Engine> parse(String names) {
        Set<Engine> engines = EnumSet.noneOf(Engine.class);
        List<String> unknown = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            switch (name.strip().toLowerCase(Locale.ROOT)) {
                case "" -> {}
                case "sqlite" -> engines.add(Engine.SQLITE);
                case "postgres", "postgresql" -> engines.add(Engine.POSTGRESQL);
                case "mariadb" -> engines.add(Engine.MARIADB);
                default -> unknown.add(name.strip());
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Unknown engines (%s=%s, unknown=%s, known=sqlite,postgres,mariadb)"
                    .formatted(PROPERTY, names, unknown));
        }
        return engines;
    }

    private record Invocation(String name, Extension extension) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(extension);
        }
    }

    private record Skip(String reason) implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return ConditionEvaluationResult.disabled(reason);
        }
    }

    private record OnEngine(Engine engine) implements ParameterResolver, AfterEachCallback {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Database.class;
        }

        @Override
        public Database resolveParameter(ParameterContext parameter, ExtensionContext context) {
            ExtensionContext ofClass = ofClass(context);
            return store(ofClass)
                    .computeIfAbsent(
                            engine,
                            absent -> Database.create(
                                    engine, ofClass.getRequiredTestClass().getSimpleName()),
                            Database.class);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            Database database = store(ofClass(context)).get(engine, Database.class);
            if (database == null) {
                return;
            }
            database.leakCheck()
                    .requireNone(context.getRequiredTestClass().getSimpleName() + "."
                            + context.getRequiredTestMethod().getName());
            database.closeExtras(false);
        }

        /** The invocation's parent is the method, whose parent is the class. */
        private static ExtensionContext ofClass(ExtensionContext context) {
            ExtensionContext ofMethod = context.getParent().orElseThrow();
            return ofMethod.getParent().orElseThrow();
        }

        private static ExtensionContext.Store store(ExtensionContext context) {
            return context.getStore(NAMESPACE);
        }
    }
}
