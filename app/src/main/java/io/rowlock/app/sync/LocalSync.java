package io.rowlock.app.sync;

import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.Options;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.remote.RemoteInstance;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The sync for a program that does not serve: it runs sessions in this process, on the database of a service, which may run
 * meanwhile. They exclude each other at the instances, as sessions of two services do.
 *
 * <p>Safe for use by many threads. {@link #close} cancels what runs here.
 */
public final class LocalSync implements AutoCloseable {
    private final SyncParts parts;

    private LocalSync(SyncParts parts) {
        this.parts = parts;
    }

    /**
     * On a database that has the tables.
     *
     * @param rowlock begins a Rowlock on it
     * @param data the folder in which files of instances and passwords are, where the options name no others
     * @param options what differs from the options in {@code application.yaml}, by their names there
     * @throws CannotStart if there is no such option, or it may not have that value
     */
    public static LocalSync open(RowlockBuilder rowlock, Path data, Map<String, String> options) throws CannotStart {
        Rowlock ordered =
                rowlock.order(SyncTables.ORDER.toArray(Table<?, ?>[]::new)).build();
        return new LocalSync(new SyncParts(
                ordered, Options.of("rowlock.sync", SyncOptions.class, options), data, SyncListener.NONE));
    }

    /** Takes in a few SQLite files where there is no instance yet. */
    public void loadSamples() {
        parts.samples.loadIfEmpty();
    }

    /**
     * Takes in an instance, unless it is there as it is told.
     *
     * @param username who to be there, or null
     * @param credential the name of the password, or null
     * @return why it is not taken in, or empty
     */
    public Optional<String> register(String name, String url, @Nullable String username, @Nullable String credential) {
        Optional<String> malformed = malformed(new SyncBodies.NewInstance(name, url, username, credential));
        if (malformed.isPresent()) {
            return malformed;
        }
        RemoteInstance remote = new RemoteInstance(url, username, credential);
        return parts.instances.register(name, remote).fold(done -> Optional.<String>empty(), refusal -> {
            if (refusal instanceof Refusal.AddressNotAllowed notAllowed) {
                return Optional.of("its address is none of " + notAllowed.forms()
                        + " that may be read (rowlock.sync.allowed-hosts, rowlock.sync.sqlite-folders)");
            }
            boolean same = parts.queries
                    .instance(name)
                    .map(InstanceRow::remote)
                    .filter(remote::equals)
                    .isPresent();
            return same ? Optional.empty() : Optional.of("there is another instance of this name");
        });
    }

    /** By the same rules as over HTTP. */
    private static Optional<String> malformed(SyncBodies.NewInstance instance) {
        try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
            return validators.getValidator().validate(instance).stream()
                    .map(wrong -> wrong.getPropertyPath() + " is " + wrong.getMessage())
                    .sorted()
                    .findFirst();
        }
    }

    /** The names of the instances that a session of all takes in, in their order. */
    public List<String> instances() {
        return parts.queries.instances(Integer.MAX_VALUE).stream()
                .filter(InstanceRow::isEnabled)
                .map(InstanceRow::name)
                .toList();
    }

    /** Whether there is an instance of this name, enabled or not. */
    public boolean has(String name) {
        return parts.queries.instance(name).isPresent();
    }

    /**
     * Begins a session.
     *
     * @param names its instances; one that is deleted meanwhile is left out
     * @return its id, or empty if there is none of these instances
     */
    public Optional<Session> begin(List<String> names) {
        List<UUID> ids = new ArrayList<>();
        for (String name : names) {
            parts.queries.instance(name).map(InstanceRow::id).ifPresent(ids::add);
        }
        return parts.service
                .sync(Optional.empty(), SyncType.MANUAL_TASK, "command line", ids)
                .fold(begun -> Optional.of(new Session(begun.sessionId(), begun.ended())), refusal -> Optional.empty());
    }

    /**
     * A session that was begun.
     *
     * @param ended ends when it has, or when nothing of it can be gone on with here; never with an exception
     */
    public record Session(UUID id, CompletableFuture<Void> ended) {}

    /**
     * How a session stands.
     *
     * @param status running, completed, failed or cancelled
     * @param failed instances that were not synced, skipped ones too
     * @param instances what became of each so far, by their names
     */
    public record State(
            UUID session, String status, int total, int successful, int failed, List<InstanceState> instances) {
        /** How many instances have their end. */
        public int ended() {
            return successful + failed;
        }

        /** Whether the session itself has. */
        public boolean isEnded() {
            return !status.equals(SessionStatus.RUNNING.text());
        }
    }

    /**
     * How an instance stands in a session.
     *
     * @param status pending, running, completed, failed or skipped
     * @param code why it was not synced; empty if it was
     * @param message the same for people
     */
    public record InstanceState(
            String name,
            String status,
            int synced,
            int created,
            int updated,
            int deleted,
            String code,
            String message) {
        private static InstanceState of(RecordRow record) {
            return new InstanceState(
                    record.instanceName(),
                    record.status(),
                    record.accountsSynced(),
                    record.accountsCreated(),
                    record.accountsUpdated(),
                    record.accountsDeleted(),
                    record.errorCode() == null ? "" : record.errorCode(),
                    record.errorMessage() == null ? "" : record.errorMessage());
        }
    }

    /** How a session stands now; empty if somebody has removed it. */
    public Optional<State> state(UUID session) {
        return parts.queries
                .session(session)
                .map(whole -> new State(
                        session,
                        whole.session().status(),
                        whole.session().totalInstances(),
                        whole.session().successfulInstances(),
                        whole.session().failedInstances(),
                        whole.records().stream().map(InstanceState::of).toList()));
    }

    /** Ends a session that runs: what is open of it is skipped, and what is read meanwhile is not stored. */
    public boolean cancel(UUID session) {
        return parts.service.cancel(session) instanceof Outcome.Done;
    }

    @Override
    public void close() {
        parts.close();
    }
}
