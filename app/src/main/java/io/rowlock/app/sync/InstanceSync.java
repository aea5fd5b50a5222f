package io.rowlock.app.sync;

import io.rowlock.LeaseLost;
import io.rowlock.View;
import io.rowlock.app.sync.InstanceLocks.Hold;
import io.rowlock.app.sync.InstanceRecords.Started;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.Reason;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.remote.RemoteAccount;
import io.rowlock.app.sync.remote.RemoteFailure;
import io.rowlock.app.sync.remote.RemoteSource;
import io.rowlock.app.sync.remote.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Syncs one instance in one session: takes the instance, notes that work begins, reads it <em>outside of any transaction</em>, and
 * stores what was found in one short unit that is fenced by the hold. The only way in: for whoever is asked by the clock, over HTTP
 * or from the command line.
 *
 * <p>Safe for use by many threads.
 */
final class InstanceSync {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceSync.class);
    private static final JsonMapper JSON = new JsonMapper();

    /** What became of a record. */
    enum Result {
        /** It has its end, or is somebody else's. */
        DONE,
        /** Somebody else has the instance and the record is not pending any more: their work may still come to nothing. */
        LATER
    }

    private final InstanceLocks locks;
    private final InstanceRecords records;
    private final RemoteSource source;
    private final SyncListener listener;

    InstanceSync(InstanceLocks locks, InstanceRecords records, RemoteSource source, SyncListener listener) {
        this.locks = locks;
        this.records = records;
        this.source = source;
        this.listener = listener;
    }

    /**
     * Syncs the instance of a record.
     *
     * @param record as it was looked at; whether that still is so turns out
     * @param stop ends it early: the session was cancelled here
     */
    Result sync(RecordRow record, Stop stop) {
        return locks.tryLock(record.instanceId(), record.sessionId())
                .fold(
                        hold -> {
                            try (hold) {
                                sync(record, hold, stop);
                                return Result.DONE;
                            }
                        },
                        holder -> skip(record, holder));
    }

    private Result skip(RecordRow record, String holder) {
        if (record.recordStatus() != RecordStatus.PENDING) {
            return Result.LATER;
        }
        ended(records.skip(record, new Reason("LOCKED", "The instance is locked (holder=" + holder + ")")));
        return Result.DONE;
    }

    private void sync(RecordRow record, Hold hold, Stop stop) {
        try {
            Optional<Started> started = records.start(record, hold);
            if (started.isPresent()) {
                if (started.get().takeover()) {
                    listener.takeover();
                }
                readAndStore(record, started.get().instance(), hold, stop);
            }
        } catch (LeaseLost lost) {
            listener.lost();
            LOG.info(
                    "An instance was lost while it was synced (instance={}): {}",
                    record.instanceId(),
                    lost.getMessage());
            ended(records.lose(
                    record,
                    hold.token(),
                    new Reason(
                            "LOCK_LOST", "The instance was taken by another session meanwhile; nothing was stored")));
        }
    }

    private void readAndStore(RecordRow record, InstanceRow instance, Hold hold, Stop stop) {
        long began = System.nanoTime();
        List<RemoteAccount> found;
        try {
            found = source.read(instance.remote(), stop);
        } catch (RemoteFailure failure) {
            listener.remote(failure.kind().name().toLowerCase(java.util.Locale.ROOT), since(began));
            ended(records.fail(record, hold, new Reason(failure.kind().name(), String.valueOf(failure.getMessage()))));
            return;
        } catch (RuntimeException broken) {
            LOG.error("Reading an instance broke down (instance={})", instance.id(), broken);
            listener.remote("broken", since(began));
            ended(records.fail(record, hold, new Reason("BROKEN", "Reading the instance broke down on this side")));
            return;
        }
        Duration took = since(began);
        listener.remote("read", took);
        Map<String, Object> details = new TreeMap<>();
        details.put("remoteMillis", took.toMillis());
        ended(records.complete(record, hold, found, JSON.writeValueAsString(details)));
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void ended(Optional<View<RecordRow>> record) {
        record.map(View::value)
                .ifPresent(r -> listener.record(r.recordStatus(), r.errorCode() == null ? "" : r.errorCode()));
    }
}
