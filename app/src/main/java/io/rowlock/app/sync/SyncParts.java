package io.rowlock.app.sync;

import io.rowlock.Rowlock;
import io.rowlock.app.sync.remote.AllowedAddresses;
import io.rowlock.app.sync.remote.Credentials;
import io.rowlock.app.sync.remote.RemoteReader;
import io.rowlock.app.sync.remote.RemoteSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The parts of the sync, put together: the same for the service and for the command line. */
final class SyncParts implements AutoCloseable {
    /** Beyond the time-out of a lock: until it is seen that a dead process's lock has expired. */
    private static final Duration PATIENCE_MORE = Duration.ofSeconds(10);

    final AllowedAddresses allowed;
    final Sessions sessions;
    final Instances instances;
    final SyncQueries queries;
    final SyncService service;
    final Monitor monitor;
    final SyncSamples samples;
    private final RemoteReader reader;

    SyncParts(Rowlock rowlock, SyncOptions options, Path data, SyncListener listener) {
        this(rowlock, options, data, listener, System.getenv(), UnaryOperator.identity());
    }

    /**
     * @param environment where passwords may be, by the names of variables
     * @param way from here to the instances
     */
    SyncParts(
            Rowlock rowlock,
            SyncOptions options,
            Path data,
            SyncListener listener,
            Map<String, String> environment,
            UnaryOperator<RemoteSource> way) {
        List<Path> folders = options.sqliteFolders().isEmpty()
                ? List.of(data.resolve("instances"))
                : options.sqliteFolders().stream().map(Path::of).toList();
        allowed = new AllowedAddresses(options.allowedHosts(), folders);
        Path credentials = options.credentialsFile().isEmpty()
                ? data.resolve("credentials.properties")
                : Path.of(options.credentialsFile());
        reader = new RemoteReader(allowed, new Credentials(credentials, environment), options.limits());
        sessions = new Sessions(rowlock);
        instances = new Instances(rowlock, allowed);
        queries = new SyncQueries(rowlock);
        // Twice what an instance has: reading it, and storing what was found.
        Duration holdMax = options.limits().whole().multipliedBy(2);
        InstanceSync sync = new InstanceSync(
                new LeaseLocks(rowlock, options.lockTimeout(), holdMax),
                new InstanceRecords(rowlock),
                way.apply(reader),
                listener);
        SyncRunner runner = new SyncRunner(
                sync,
                queries,
                listener,
                new SyncRunner.Limits(
                        options.parallel(),
                        options.workers(),
                        options.sessionsAtOnce(),
                        options.lockTimeout().plus(PATIENCE_MORE)));
        service = new SyncService(rowlock, sessions, queries, runner, options.sessionsAtOnce());
        monitor = new Monitor(rowlock);
        samples = new SyncSamples(rowlock, allowed.folders().get(0));
    }

    @Override
    public void close() {
        service.close();
        reader.close();
    }
}
