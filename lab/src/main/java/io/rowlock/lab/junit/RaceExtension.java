package io.rowlock.lab.junit;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link RaceTest} and {@link Replay} do. Uses only what JUnit 5 and 6 both have: what an invocation needs is kept in an
 * extension of its own, since the two disagree about stores.
 */
final class RaceExtension implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getTestMethod()
                .filter(method -> AnnotationSupport.isAnnotated(method, RaceTest.class)
                        || !AnnotationSupport.findRepeatableAnnotations(method, Replay.class)
                                .isEmpty())
                .isPresent();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        RaceSources sources = RaceSources.find();
        List<RacePlan> plans = RacePlan.of(context.getRequiredTestMethod(), sources);
        if (plans.isEmpty()) {
            return Stream.of(new Invocation(
                    "no engine", new Skip("The run is restricted to other engines (" + RaceSources.ENGINES + ")")));
        }
        return plans.stream().map(plan -> new Invocation(plan.displayName(), new OnDatabase(plan, sources)));
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

    /** One invocation, from one thread after the other. */
    private static final class OnDatabase implements ParameterResolver, AfterTestExecutionCallback, AfterEachCallback {
        private final RacePlan plan;
        private final RaceSources sources;
        private @Nullable Race race;

        OnDatabase(RacePlan plan, RaceSources sources) {
            this.plan = plan;
            this.sources = sources;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Race.class
                    && context.getTestMethod().isPresent();
        }

        @Override
        public Race resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Race known = race;
            if (known == null) {
                known = Race.open(plan, sources, remark -> context.publishReportEntry("rowlock", remark));
                race = known;
            }
            return known;
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            if (context.getExecutionException().isPresent()) {
                return;
            }
            Race used = race;
            if (used == null) {
                throw new AssertionError("A race test takes a Race and checks a scenario with it (method="
                        + context.getRequiredTestMethod().getName() + ")");
            }
            used.requireChecked();
        }

        @Override
        public void afterEach(ExtensionContext context) {
            Race used = race;
            race = null;
            if (used != null) {
                used.close();
            }
        }
    }
}
