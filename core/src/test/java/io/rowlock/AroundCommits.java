package io.rowlock;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A data source that does something before and after each COMMIT. For SQLite, which has no network to put a proxy in; it sees
 * COMMITs that are statements of their own.
 */
final class AroundCommits {
    private final Runnable before;
    private final Runnable after;

    private AroundCommits(Runnable before, Runnable after) {
        this.before = before;
        this.after = after;
    }

    static DataSource of(DataSource dataSource, Runnable before, Runnable after) {
        AroundCommits around = new AroundCommits(before, after);
        return proxy(DataSource.class, (method, arguments) -> {
            Object answer = invoke(dataSource, method, arguments);
            return answer instanceof Connection connection ? around.connection(connection) : answer;
        });
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, (method, arguments) -> {
            Object answer = invoke(connection, method, arguments);
            if (!(answer instanceof Statement statement)) {
                return answer;
            }
            boolean prepared = arguments != null && "COMMIT".equals(arguments[0]);
            return statement(statement, method.getReturnType().asSubclass(Statement.class), prepared);
        });
    }

    private <S extends Statement> S statement(Statement statement, Class<S> type, boolean prepared) {
        return proxy(type, (method, arguments) -> {
            boolean commits = prepared || (arguments != null && "COMMIT".equals(arguments[0]));
            if (!commits || !method.getName().startsWith("execute")) {
                return invoke(statement, method, arguments);
            }
            before.run();
            Object answer = invoke(statement, method, arguments);
            after.run();
            return answer;
        });
    }

    private interface Calls {
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                AroundCommits.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> calls.call(method, arguments)));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
