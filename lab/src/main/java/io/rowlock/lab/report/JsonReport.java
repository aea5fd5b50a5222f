package io.rowlock.lab.report;

import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Because;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Outcome;
import io.rowlock.lab.Run;
import io.rowlock.lab.Step;
import io.rowlock.lab.internal.tell.Shown;
import io.rowlock.lab.internal.tell.SqlText;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Explorations as a JSON document, for programs. {@code docs/reference/lab.md} describes it. Within a {@link #VERSION} members are
 * added, never taken away and never given another meaning; readers pass over those that they do not know.
 *
 * <p>Values of columns and parameters are texts as SQL writes them, long ones cut; no value is a number of JSON, since readers
 * would round some.
 */
public final class JsonReport {
    /** The version of what is written. */
    public static final int VERSION = 1;

    private final JsonGenerator json;

    private JsonReport(JsonGenerator json) {
        this.json = json;
    }

    /** The document. */
    public static String of(List<Explored> all) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(pretty(), text)) {
            new JsonReport(json).document(all);
        }
        return text.append('\n').toString();
    }

    /** Writes the document to a file, in UTF-8. */
    public static void write(Path file, List<Explored> all) throws IOException {
        Files.write(file, of(all).getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectWriteContext pretty() {
        return new ObjectWriteContext.Base() {
            @Override
            public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        };
    }

    private void document(List<Explored> all) {
        json.writeStartObject();
        json.writeStringProperty("schema", "rowlock-lab");
        json.writeNumberProperty("version", VERSION);
        json.writeArrayPropertyStart("explorations");
        all.forEach(this::exploration);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void exploration(Explored explored) {
        Exploration found = explored.exploration();
        json.writeStartObject();
        json.writeStringProperty("scenario", found.scenario());
        json.writeStringProperty("engine", explored.server().engine().name());
        json.writeStringProperty("engineVersion", explored.server().version());
        json.writeStringProperty("isolation", explored.isolation().name());
        json.writeStringProperty("verdict", explored.verdict().name());
        json.writeNumberProperty("schedules", found.schedules());
        json.writeNumberProperty("cut", found.cut());
        json.writeNumberProperty("violating", found.violating());
        json.writeBooleanProperty("complete", found.complete());
        json.writeNumberProperty("waits", found.waits());
        json.writeNumberProperty("contentions", found.contentions());
        json.writeNumberProperty("tookMillis", found.took().toMillis());
        json.writeArrayPropertyStart("outcomes");
        found.found().forEach(this::found);
        json.writeEndArray();
        json.writeArrayPropertyStart("violations");
        found.violations().forEach(this::violation);
        json.writeEndArray();
        json.writeArrayPropertyStart("unresolved");
        found.unresolved().forEach(this::unresolved);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void found(Exploration.Found found) {
        json.writeStartObject();
        outcome(found.run().outcome());
        json.writeNumberProperty("times", found.times());
        json.writeBooleanProperty("violates", found.run().violation().isPresent());
        json.writeStringProperty("schedule", found.run().schedule().toString());
        json.writeEndObject();
    }

    private void outcome(Outcome outcome) {
        json.writeArrayPropertyStart("actors");
        outcome.results().forEach((letter, result) -> {
            json.writeStartObject();
            json.writeStringProperty("actor", letter.toString());
            json.writeStringProperty("ended", ended(result));
            if (!(result instanceof ActorResult.Crashed)) {
                json.writeStringProperty(
                        "result", result instanceof ActorResult.Threw threw ? threw.what() : result.toString());
            }
            json.writeBooleanProperty("contention", result instanceof ActorResult.Threw threw && threw.contention());
            json.writeEndObject();
        });
        json.writeEndArray();
        strings("state", outcome.state());
    }

    private static String ended(ActorResult result) {
        if (result instanceof ActorResult.Returned) {
            return "RETURNED";
        }
        return result instanceof ActorResult.Threw ? "THREW" : "CRASHED";
    }

    private void violation(Run run) {
        json.writeStartObject();
        json.writeStringProperty("schedule", run.schedule().toString());
        json.writeStringProperty("anomaly", run.anomaly().orElseThrow().name());
        json.writeStringProperty("violation", run.violation().orElseThrow());
        Because because = run.because();
        strings("because", because.sentences());
        json.writeArrayPropertyStart("staleReads");
        because.staleReads().forEach(this::staleRead);
        json.writeEndArray();
        steps(run);
        json.writeEndObject();
    }

    private void staleRead(Because.StaleRead each) {
        json.writeStartObject();
        json.writeNumberProperty("read", each.read());
        json.writeNumberProperty("change", each.change());
        json.writeNumberProperty("commit", each.commit());
        json.writeNumberProperty("decided", each.decided());
        json.writeEndObject();
    }

    private void unresolved(Run run) {
        json.writeStartObject();
        json.writeStringProperty("schedule", run.schedule().toString());
        json.writeStringProperty("why", run.unresolved().orElse(""));
        steps(run);
        json.writeEndObject();
    }

    private void steps(Run run) {
        json.writeArrayPropertyStart("steps");
        run.steps().forEach(this::step);
        json.writeEndArray();
    }

    private void step(Step step) {
        json.writeStartObject();
        json.writeStringProperty("move", step.move().toString());
        json.writeStringProperty("actor", String.valueOf(step.move().actor()));
        json.writeNumberProperty("transaction", step.transaction());
        json.writeStringProperty("sql", step.sql());
        json.writeStringProperty("statement", SqlText.bound(step.sql(), step.values()));
        strings("values", step.values().stream().map(Shown::value).toList());
        json.writeArrayPropertyStart("rows");
        step.rows().forEach(this::row);
        json.writeEndArray();
        step.updated().ifPresent(rows -> json.writeNumberProperty("updated", rows));
        step.failure().ifPresent(failure -> json.writeStringProperty("failure", failure));
        json.writeBooleanProperty("waited", step.waited());
        json.writeNumberProperty("endedDuring", step.endedDuring());
        json.writeBooleanProperty("fixesView", step.fixesView());
        json.writeBooleanProperty("ends", step.ends());
        json.writeEndObject();
    }

    private void row(Map<String, @Nullable Object> row) {
        json.writeStartObject();
        row.forEach((column, value) -> json.writeStringProperty(column, Shown.value(value)));
        json.writeEndObject();
    }

    private void strings(String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }
}
