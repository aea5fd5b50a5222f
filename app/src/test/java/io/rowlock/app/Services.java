package io.rowlock.app;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One running service for each engine of a test class, which its methods share; registered as a static field. The database is the class's own as well, so nothing is shared beyond it.
 */
public final class Services implements AfterAllCallback {
    private final Map<Engine, RunningService> running = new EnumMap<>(Engine.class);

    /** The service on this database; started when first asked for. */
    public RunningService on(Database database) {
        return running.computeIfAbsent(database.engine(), engine -> RunningService.on(database));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        running.values().forEach(RunningService::close);
        running.clear();
    }
}
