-- Sync: database instances, what was found in them (accounts; tables, where the instance is an SQLite file), and the sessions
-- in which they are read.
--
-- Who works on an instance is not here: it is a lease of Rowlock, in rowlock_lease. "lease_token" is the token it was worked
-- under; "version" counts the changes of a row. What a session or an instance takes with it when it is deleted is said by the
-- foreign keys, which SQLite only keeps with "PRAGMA foreign_keys = ON" on each connection.

CREATE TABLE instances (
    id             TEXT    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    username       TEXT,
    credential     TEXT, -- the name of a password that is kept elsewhere
    is_enabled     INTEGER NOT NULL DEFAULT 1,
    runs           INTEGER NOT NULL DEFAULT 0, -- how often work on it was begun
    last_token     INTEGER NOT NULL DEFAULT 0, -- of the lease under which that was last
    open_token     INTEGER, -- the same while it lasts
    takeovers      INTEGER NOT NULL DEFAULT 0, -- how often a run was begun after one that never ended
    last_synced_at TEXT,
    created_at     TEXT    NOT NULL,
    updated_at     TEXT    NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT instances_name UNIQUE (name)
) STRICT;

CREATE TABLE sync_sessions (
    session_id           TEXT    NOT NULL PRIMARY KEY,
    sync_type            TEXT    NOT NULL,
    sync_category        TEXT    NOT NULL,
    status               TEXT    NOT NULL DEFAULT 'running',
    started_at           TEXT    NOT NULL,
    completed_at         TEXT,
    is_sealed            INTEGER NOT NULL DEFAULT 0, -- whether all its records are there
    total_instances      INTEGER NOT NULL DEFAULT 0,
    successful_instances INTEGER NOT NULL DEFAULT 0,
    failed_instances     INTEGER NOT NULL DEFAULT 0, -- failed and skipped
    created_by           TEXT    NOT NULL,
    created_at           TEXT    NOT NULL,
    updated_at           TEXT    NOT NULL,
    version              INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT sync_sessions_type CHECK (sync_type IN ('scheduled', 'manual_single', 'manual_batch', 'manual_task')),
    CONSTRAINT sync_sessions_category CHECK (sync_category IN ('account', 'capacity', 'config', 'aggregation', 'other')),
    CONSTRAINT sync_sessions_status CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
    CONSTRAINT sync_sessions_end CHECK (CASE WHEN status = 'running' THEN completed_at IS NULL
                                             ELSE completed_at IS NOT NULL END),
    CONSTRAINT sync_sessions_counts CHECK (CASE WHEN status = 'running'
                                                THEN successful_instances + failed_instances <= total_instances
                                                ELSE successful_instances + failed_instances = total_instances END)
) STRICT;

CREATE TABLE sync_instance_records (
    id               TEXT    NOT NULL PRIMARY KEY,
    session_id       TEXT    NOT NULL REFERENCES sync_sessions (session_id) ON DELETE CASCADE,
    instance_id      TEXT    NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    instance_name    TEXT    NOT NULL,
    sync_category    TEXT    NOT NULL,
    status           TEXT    NOT NULL DEFAULT 'pending',
    started_at       TEXT,
    completed_at     TEXT,
    accounts_synced  INTEGER NOT NULL DEFAULT 0,
    accounts_created INTEGER NOT NULL DEFAULT 0,
    accounts_updated INTEGER NOT NULL DEFAULT 0,
    accounts_deleted INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0, -- how often work on it was begun
    lease_token      INTEGER, -- of the lease under which that was last
    run              INTEGER, -- which run of the instance that was
    runs_at_end      INTEGER, -- how many runs the instance had when the work was stored: the same, if nobody came between
    error_code       TEXT,
    error_message    TEXT,
    sync_details     TEXT, -- JSON
    created_at       TEXT    NOT NULL,
    updated_at       TEXT    NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT sync_instance_records_once UNIQUE (session_id, instance_id),
    CONSTRAINT sync_instance_records_status CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped')),
    CONSTRAINT sync_instance_records_end CHECK (CASE WHEN status IN ('pending', 'running') THEN completed_at IS NULL
                                                     ELSE completed_at IS NOT NULL END),
    CONSTRAINT sync_instance_records_run CHECK (CASE WHEN status IN ('running', 'completed')
                                                     THEN lease_token IS NOT NULL AND run IS NOT NULL
                                                     ELSE 1 = 1 END)
) STRICT;

-- What is in an instance, as it was when it was last read.
CREATE TABLE instance_accounts (
    id          TEXT    NOT NULL PRIMARY KEY,
    instance_id TEXT    NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    attributes  TEXT    NOT NULL, -- JSON
    is_active   INTEGER NOT NULL DEFAULT 1,
    deleted_at  TEXT,
    lease_token INTEGER NOT NULL, -- of the run that wrote it last
    created_at  TEXT    NOT NULL,
    updated_at  TEXT    NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT instance_accounts_name UNIQUE (instance_id, name)
) STRICT;

-- Each step of a session (record_id is null) or of one of its records. "subject_id" is whose step it is; "ended" is 1 for a step
-- into a state that is never left, else null: so the second end of anything is refused.
CREATE TABLE sync_transitions (
    id          TEXT    NOT NULL PRIMARY KEY,
    session_id  TEXT    NOT NULL REFERENCES sync_sessions (session_id) ON DELETE CASCADE,
    record_id   TEXT             REFERENCES sync_instance_records (id) ON DELETE CASCADE,
    subject_id  TEXT    NOT NULL,
    from_status TEXT,
    to_status   TEXT    NOT NULL,
    ended       INTEGER,
    lease_token INTEGER,
    changed_at  TEXT    NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT sync_transitions_end_once UNIQUE (subject_id, ended)
) STRICT;

CREATE INDEX sync_sessions_status_created ON sync_sessions (status, created_at);
CREATE INDEX sync_sessions_completed ON sync_sessions (completed_at);
CREATE INDEX sync_instance_records_session_status ON sync_instance_records (session_id, status);
CREATE INDEX sync_instance_records_instance_status ON sync_instance_records (instance_id, status);
CREATE INDEX instance_accounts_instance_active ON instance_accounts (instance_id, is_active);
CREATE INDEX sync_transitions_by_session ON sync_transitions (session_id);
CREATE INDEX sync_transitions_by_record ON sync_transitions (record_id);

-- failed_records has what was not synced: failed and skipped.
CREATE VIEW sync_performance_view AS
SELECT s.session_id,
       s.sync_type,
       s.status,
       s.started_at,
       s.completed_at,
       s.total_instances,
       s.successful_instances,
       s.failed_instances,
       (julianday(COALESCE(s.completed_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) - julianday(s.started_at)) * 86400.0
           AS duration_seconds,
       COUNT(r.id) AS total_records,
       COUNT(CASE WHEN r.status = 'completed' THEN 1 END) AS completed_records,
       COUNT(CASE WHEN r.status IN ('failed', 'skipped') THEN 1 END) AS failed_records,
       COUNT(CASE WHEN r.status = 'running' THEN 1 END) AS running_records
  FROM sync_sessions s
  LEFT JOIN sync_instance_records r ON r.session_id = s.session_id
 GROUP BY s.session_id, s.sync_type, s.status, s.started_at, s.completed_at, s.total_instances, s.successful_instances,
          s.failed_instances;
