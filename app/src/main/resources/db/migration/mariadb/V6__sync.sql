-- Sync: database instances, what was found in them (accounts; tables, where the instance is an SQLite file), and the sessions
-- in which they are read.
--
-- Who works on an instance is not here: it is a lease of Rowlock, in rowlock_lease. "lease_token" is the token it was worked
-- under; "version" counts the changes of a row. What a session or an instance takes with it when it is deleted is said by the
-- foreign keys.

CREATE TABLE instances (
    id             char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name           varchar(400)                                   NOT NULL,
    url            varchar(1000)                                  NOT NULL,
    username       varchar(200),
    credential     varchar(100), -- the name of a password that is kept elsewhere
    is_enabled     boolean                                        NOT NULL DEFAULT TRUE,
    runs           bigint                                         NOT NULL DEFAULT 0, -- how often work on it was begun
    last_token     bigint                                         NOT NULL DEFAULT 0, -- of the lease under which that was last
    open_token     bigint, -- the same while it lasts
    takeovers      bigint                                         NOT NULL DEFAULT 0, -- how often a run was begun after one that never ended
    last_synced_at datetime(6),
    created_at     datetime(6)                                    NOT NULL,
    updated_at     datetime(6)                                    NOT NULL,
    version        bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT instances_name UNIQUE (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE sync_sessions (
    session_id           char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    sync_type            varchar(20)                                    NOT NULL,
    sync_category        varchar(20)                                    NOT NULL,
    status               varchar(20)                                    NOT NULL DEFAULT 'running',
    started_at           datetime(6)                                    NOT NULL,
    completed_at         datetime(6),
    is_sealed            boolean                                        NOT NULL DEFAULT FALSE, -- whether all its records are there
    total_instances      int                                            NOT NULL DEFAULT 0,
    successful_instances int                                            NOT NULL DEFAULT 0,
    failed_instances     int                                            NOT NULL DEFAULT 0, -- failed and skipped
    created_by           varchar(100)                                   NOT NULL,
    created_at           datetime(6)                                    NOT NULL,
    updated_at           datetime(6)                                    NOT NULL,
    version              bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT sync_sessions_type CHECK (sync_type IN ('scheduled', 'manual_single', 'manual_batch', 'manual_task')),
    CONSTRAINT sync_sessions_category CHECK (sync_category IN ('account', 'capacity', 'config', 'aggregation', 'other')),
    CONSTRAINT sync_sessions_status CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
    CONSTRAINT sync_sessions_end CHECK (CASE WHEN status = 'running' THEN completed_at IS NULL
                                             ELSE completed_at IS NOT NULL END),
    CONSTRAINT sync_sessions_counts CHECK (CASE WHEN status = 'running'
                                                THEN successful_instances + failed_instances <= total_instances
                                                ELSE successful_instances + failed_instances = total_instances END)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE sync_instance_records (
    id               char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    session_id       char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    instance_id      char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    instance_name    varchar(400)                                   NOT NULL,
    sync_category    varchar(20)                                    NOT NULL,
    status           varchar(20)                                    NOT NULL DEFAULT 'pending',
    started_at       datetime(6),
    completed_at     datetime(6),
    accounts_synced  int                                            NOT NULL DEFAULT 0,
    accounts_created int                                            NOT NULL DEFAULT 0,
    accounts_updated int                                            NOT NULL DEFAULT 0,
    accounts_deleted int                                            NOT NULL DEFAULT 0,
    attempts         int                                            NOT NULL DEFAULT 0, -- how often work on it was begun
    lease_token      bigint, -- of the lease under which that was last
    run              bigint, -- which run of the instance that was
    runs_at_end      bigint, -- how many runs the instance had when the work was stored: the same, if nobody came between
    error_code       varchar(50),
    error_message    varchar(1000),
    sync_details     mediumtext, -- JSON
    created_at       datetime(6)                                    NOT NULL,
    updated_at       datetime(6)                                    NOT NULL,
    version          bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT sync_instance_records_once UNIQUE (session_id, instance_id),
    CONSTRAINT sync_instance_records_status CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped')),
    CONSTRAINT sync_instance_records_end CHECK (CASE WHEN status IN ('pending', 'running') THEN completed_at IS NULL
                                                     ELSE completed_at IS NOT NULL END),
    CONSTRAINT sync_instance_records_run CHECK (CASE WHEN status IN ('running', 'completed')
                                                     THEN lease_token IS NOT NULL AND run IS NOT NULL
                                                     ELSE 1 = 1 END),
    CONSTRAINT sync_instance_records_session FOREIGN KEY (session_id) REFERENCES sync_sessions (session_id) ON DELETE CASCADE,
    CONSTRAINT sync_instance_records_instance FOREIGN KEY (instance_id) REFERENCES instances (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What is in an instance, as it was when it was last read.
CREATE TABLE instance_accounts (
    id          char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    instance_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name        varchar(400)                                   NOT NULL,
    kind        varchar(50)                                    NOT NULL,
    attributes  mediumtext                                     NOT NULL, -- JSON
    is_active   boolean                                        NOT NULL DEFAULT TRUE,
    deleted_at  datetime(6),
    lease_token bigint                                         NOT NULL, -- of the run that wrote it last
    created_at  datetime(6)                                    NOT NULL,
    updated_at  datetime(6)                                    NOT NULL,
    version     bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT instance_accounts_name UNIQUE (instance_id, name),
    CONSTRAINT instance_accounts_instance FOREIGN KEY (instance_id) REFERENCES instances (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Each step of a session (record_id is null) or of one of its records. "subject_id" is whose step it is; "ended" is 1 for a step
-- into a state that is never left, else null: so the second end of anything is refused.
CREATE TABLE sync_transitions (
    id          char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    session_id  char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    record_id   char(36) CHARACTER SET ascii COLLATE ascii_bin,
    subject_id  char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_status varchar(20),
    to_status   varchar(20)                                    NOT NULL,
    ended       int,
    lease_token bigint,
    changed_at  datetime(6)                                    NOT NULL,
    version     bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT sync_transitions_end_once UNIQUE (subject_id, ended),
    CONSTRAINT sync_transitions_session FOREIGN KEY (session_id) REFERENCES sync_sessions (session_id) ON DELETE CASCADE,
    CONSTRAINT sync_transitions_record FOREIGN KEY (record_id) REFERENCES sync_instance_records (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
       TIMESTAMPDIFF(MICROSECOND, s.started_at, COALESCE(s.completed_at, UTC_TIMESTAMP(6))) / 1e6 AS duration_seconds,
       COUNT(r.id) AS total_records,
       COUNT(CASE WHEN r.status = 'completed' THEN 1 END) AS completed_records,
       COUNT(CASE WHEN r.status IN ('failed', 'skipped') THEN 1 END) AS failed_records,
       COUNT(CASE WHEN r.status = 'running' THEN 1 END) AS running_records
  FROM sync_sessions s
  LEFT JOIN sync_instance_records r ON r.session_id = s.session_id
 GROUP BY s.session_id, s.sync_type, s.status, s.started_at, s.completed_at, s.total_instances, s.successful_instances,
          s.failed_instances;
