package io.rowlock.lab.junit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The tests of some classes, run by JUnit, of whichever generation is on the class path. */
public final class Launched {

    /** An invocation, or a method that came to none. */
    public record Result(String name, String status, String message) {}

    private final List<Result> results = new CopyOnWriteArrayList<>();
    private final List<String> remarks = new CopyOnWriteArrayList<>();

    private Launched() {}

    /** A class, or one method of it as {@code Type#method}. */
    public static Launched run(Class<?> type, String... methods) {
        return run(Map.of(), type, methods);
    }

    public static Launched run(Map<String, String> configuration, Class<?> type, String... methods) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        if (methods.length == 0) {
            request.selectors(DiscoverySelectors.selectClass(type));
        }
        for (String method : methods) {
            request.selectors(DiscoverySelectors.selectMethod(type, method, Race.class));
        }
        LauncherDiscoveryRequest asked =
                request.configurationParameters(configuration).build();
        Launched launched = new Launched();
        LauncherFactory.create().execute(asked, launched.listener());
        return launched;
    }

    private TestExecutionListener listener() {
        return new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                String message = result.getThrowable().map(Throwable::toString).orElse("");
                if (test.isTest() || !message.isEmpty()) {
                    results.add(
                            new Result(test.getDisplayName(), result.getStatus().toString(), message));
                }
            }

            @Override
            public void executionSkipped(TestIdentifier test, String reason) {
                results.add(new Result(test.getDisplayName(), "SKIPPED", reason));
            }

            @Override
            public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
                remarks.addAll(entry.getKeyValuePairs().values());
            }
        };
    }

    public List<Result> results() {
        return results;
    }

    public List<String> remarks() {
        return remarks;
    }

    public List<String> names() {
        return results.stream().map(Result::name).toList();
    }

    public List<String> statuses() {
        return results.stream().map(Result::status).toList();
    }

    /** What the only invocation failed with, or what it came to instead. */
    public String failure() {
        if (results.size() != 1 || !results.get(0).status().equals("FAILED")) {
            throw new AssertionError("Not one failure (results=" + results + ")");
        }
        return results.get(0).message();
    }

    public static void main(String[] classes) throws ClassNotFoundException {
        System.out.println("JUnit " + Test.class.getPackage().getImplementationVersion());
        for (String each : classes) {
            for (Result result : run(Class.forName(each)).results()) {
                System.out.println(result.status() + " " + result.name() + " " + result.message());
            }
        }
    }
}
