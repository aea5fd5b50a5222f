package io.rowlock.watch.sql;

import io.rowlock.dialect.Engine;
import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.sql.Analysis.Understood;
import io.rowlock.watch.sql.Lexer.Token;
import io.rowlock.watch.trace.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.feature.Feature;
import net.sf.jsqlparser.statement.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Tells which rows a statement reaches, and how.
 *
 * <p>Each SQL text is parsed once; values are bound afterwards. At most {@value #TEMPLATES_MAX} texts are remembered, then all
 * are forgotten and parsed anew when they come again: a program that writes values into its texts is slow here, not wrong.
 *
 * <p><b>Holds when</b> the statement is plain SQL on tables. <b>Breaks when</b> it calls a procedure or a function that
 * reaches rows, fires a trigger, or names a view: those rows are not seen. What is not understood of a condition is taken for
 * true: an access may mean fewer rows than it says, never more. Locks that depend on the isolation level are not told (InnoDB
 * locks what {@code INSERT ... SELECT} reads at REPEATABLE READ); neither are gap locks.
 *
 * <p>Safe for use by many threads.
 */
public final class StatementAnalyzer {

    /** Texts that are remembered. */
    public static final int TEMPLATES_MAX = 1_000;

    /** A longer text is not parsed, but read by its words. */
    public static final int PARSED_LENGTH_MAX = 50_000;

    private static final Set<String> NEUTRAL_VERBS = Set.of(
            "abort",
            "alter",
            "analyze",
            "attach",
            "begin",
            "checkpoint",
            "close",
            "comment",
            "commit",
            "create",
            "deallocate",
            "declare",
            "describe",
            "detach",
            "discard",
            "drop",
            "end",
            "explain",
            "fetch",
            "flush",
            "grant",
            "kill",
            "listen",
            "notify",
            "optimize",
            "pragma",
            "reindex",
            "release",
            "rename",
            "reset",
            "resignal",
            "revoke",
            "rollback",
            "savepoint",
            "set",
            "show",
            "signal",
            "start",
            "unlisten",
            "unlock",
            "use",
            "vacuum",
            "xa");

    private final Engine engine;
    private final Schema schema;
    private final Map<String, Template> templates = new ConcurrentHashMap<>();

    private record Template(List<AccessTemplate> accesses, Understood understood) {}

    private StatementAnalyzer(Engine engine, Schema schema) {
        this.engine = engine;
        this.schema = schema;
    }

    /** For statements of one engine on one schema. */
    public static StatementAnalyzer of(Engine engine, Schema schema) {
        return new StatementAnalyzer(engine, schema);
    }

    /** The tables that it knows. */
    public Schema schema() {
        return schema;
    }

    /** What a call does, in the order in which rows are reached. */
    public List<Access> accesses(JdbcCall call) {
        return analyze(call).accesses();
    }

    /** What a call does, and how well that was understood. */
    public Analysis analyze(JdbcCall call) {
        Template template = templates.get(call.sql());
        if (template == null) {
            template = template(call.sql());
            if (templates.size() >= TEMPLATES_MAX) {
                templates.clear();
            }
            templates.put(call.sql(), template);
        }
        List<Access> accesses = new ArrayList<>(template.accesses().size());
        for (AccessTemplate access : template.accesses()) {
            access.bind(call.values()).ifPresent(accesses::add);
        }
        return new Analysis(accesses, template.understood());
    }

    private Template template(String sql) {
        List<AccessTemplate> accesses = new ArrayList<>();
        Understood understood = Understood.NEUTRAL;
        for (Statements.Single statement : Statements.of(sql, engine.isInnodb())) {
            Template one = template(statement);
            accesses.addAll(one.accesses());
            if (one.understood() == Understood.BY_WORDS || understood == Understood.NEUTRAL) {
                understood = one.understood();
            }
        }
        return new Template(accesses, understood);
    }

    private Template template(Statements.Single statement) {
        Token first = statement.tokens().get(0);
        if (NEUTRAL_VERBS.stream().anyMatch(first::is)) {
            return new Template(List.of(), Understood.NEUTRAL);
        }
        String sql = statement.sql();
        List<AccessTemplate> accesses = sql.length() > PARSED_LENGTH_MAX ? null : collect(sql, statement);
        if (accesses == null) {
            return new Template(Fallback.of(statement.tokens(), schema), Understood.BY_WORDS);
        }
        return new Template(accesses, accesses.isEmpty() ? Understood.NEUTRAL : Understood.PARSED);
    }

    private @Nullable List<AccessTemplate> collect(String sql, Statements.Single statement) {
        try {
            Statement parsed = parse(sql);
            return parsed == null ? null : new Collector(engine, schema, statement.parametersBefore()).collect(parsed);
        } catch (StackOverflowError e) {
            return null; // a condition of thousands of terms
        }
    }

    /** The simple grammar first, since it is the faster; the full one knows more. */
    private @Nullable Statement parse(String sql) {
        Statement simple = parse(sql, false);
        return simple == null ? parse(sql, true) : simple;
    }

    private @Nullable Statement parse(String sql, boolean complex) {
        try {
            CCJSqlParser parser = new CCJSqlParser(sql);
            parser.getConfiguration().setValue(Feature.allowComplexParsing, complex);
            parser.getConfiguration().setValue(Feature.allowBackslashEscapeCharacter, engine.isInnodb());
            parser.getConfiguration().setValue(Feature.allowSquareBracketQuotation, engine == Engine.SQLITE);
            return parser.Statement();
        } catch (ParseException | RuntimeException e) {
            return null; // what the parser does not know is read by its words, and counted
        }
    }
}
