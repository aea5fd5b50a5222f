package io.rowlock.internal.unit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The unit's connection as the body sees it: a proxy over connection, statements and results that flushes before each
 * statement, keeps the deadline, remembers every failure, and refuses what belongs to the unit.
 */
final class LentConnection implements InvocationHandler {
    private final Session session;
    private final Consumer<String> beforeStatement;
    private final Shared shared;
    private final Connection real;

    private LentConnection(Session session, Consumer<String> beforeStatement, Shared shared) {
        this.session = session;
        this.beforeStatement = beforeStatement;
        this.shared = shared;
        this.real = session.connection();
    }

    /** Lends the session's connection. */
    static Connection lend(Session session, Consumer<String> beforeStatement, Shared shared) {
        return proxy(Connection.class, new LentConnection(session, beforeStatement, shared));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        switch (method.getName()) {
            case "commit",
                    "rollback",
                    "close",
                    "abort",
                    "setSavepoint",
                    "releaseSavepoint",
                    "setTransactionIsolation",
                    "setReadOnly" ->
                throw new IllegalStateException("Connection." + method.getName()
                        + " is the unit's: it commits when the body returns, rolls back when it throws;"
                        + " options go into Unit, a part that may fail alone into tx.savepoint(...)");
            case "setAutoCommit" -> {
                if (args != null && Boolean.TRUE.equals(args[0])) {
                    throw new IllegalStateException(
                            "Connection.setAutoCommit(true) would commit the unit: leave it out");
                }
                return null;
            }
            case "getAutoCommit" -> {
                return false;
            }
            case "isClosed" -> {
                return real.isClosed();
            }
            case "equals" -> {
                return args != null && proxy == args[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "toString" -> {
                return "Connection of a Rowlock unit";
            }
            default -> {
                session.requireOpen();
                String sql = args != null && args.length > 0 && args[0] instanceof String text ? text : null;
                if (sql != null && method.getName().startsWith("prepare")) {
                    SqlText.requireHarmless(sql, session.engine());
                }
                Object result = call(real, method, args);
                return result instanceof Statement statement ? wrap((Connection) proxy, statement, sql) : result;
            }
        }
    }

    private Statement wrap(Connection owner, Statement statement, @Nullable String sql) {
        InvocationHandler handler = (proxy, method, args) -> onStatement(owner, statement, sql, method, args, proxy);
        if (statement instanceof CallableStatement) {
            return proxy(CallableStatement.class, handler);
        }
        return statement instanceof PreparedStatement
                ? proxy(PreparedStatement.class, handler)
                : proxy(Statement.class, handler);
    }

    private @Nullable Object onStatement(
            Connection owner,
            Statement statement,
            @Nullable String prepared,
            Method method,
            @Nullable Object @Nullable [] args,
            Object proxy)
            throws Throwable {
        String name = method.getName();
        if ("getConnection".equals(name)) {
            return owner;
        }
        if (!name.startsWith("execute")) {
            if ("addBatch".equals(name) && args != null && args[0] instanceof String text) {
                SqlText.requireHarmless(text, session.engine());
            }
            return results(proxy, call(statement, method, args));
        }
        String sql =
                args != null && args.length > 0 && args[0] instanceof String text ? text : String.valueOf(prepared);
        SqlText.requireHarmless(sql, session.engine());
        if (SqlText.isPragma(sql)) {
            shared.forget(real);
        }
        // After a failure that undid the transaction this statement would run alone and commit by itself.
        session.requireUsable();
        beforeStatement.accept(sql);
        session.begin(statement, Session.Limit.DEADLINE, Long.MAX_VALUE);
        try {
            return results(proxy, call(statement, method, args));
        } finally {
            session.end();
        }
    }

    /** A result set can fail too, while it is read. */
    private @Nullable Object results(Object statement, @Nullable Object result) {
        if (!(result instanceof ResultSet rows)) {
            return result;
        }
        return proxy(
                ResultSet.class,
                (proxy, method, args) ->
                        "getStatement".equals(method.getName()) ? statement : call(rows, method, args));
    }

    private @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            if (cause instanceof SQLException sql) {
                session.remember(sql);
            }
            throw cause == null ? thrown : cause;
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(LentConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
