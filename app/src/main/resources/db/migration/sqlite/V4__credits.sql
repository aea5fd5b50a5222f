-- Credits: majors and their courses, who takes which course, what students have earned by it.
--
-- Amounts are whole hundredths of a credit. Statuses and types are numbers: 1 not started, 2 started, 3 finished late,
-- 4 finished on time, 5 expired; type 6 of the ledger is what finishing a course on its day earns. "version" counts the
-- changes of a row.

CREATE TABLE major (
    id             TEXT    NOT NULL PRIMARY KEY,
    application_id TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    created_at     TEXT    NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1
) STRICT;

-- A major has up to twelve courses, one a lesson.
CREATE TABLE course (
    id         TEXT    NOT NULL PRIMARY KEY,
    major_id   TEXT    NOT NULL REFERENCES major (id),
    lesson     INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT course_lesson UNIQUE (major_id, lesson),
    CONSTRAINT course_lesson_number CHECK (lesson BETWEEN 1 AND 12)
) STRICT;

CREATE TABLE course_access (
    id           TEXT    NOT NULL PRIMARY KEY,
    major_id     TEXT    NOT NULL REFERENCES major (id),
    course_id    TEXT    NOT NULL REFERENCES course (id),
    student_id   TEXT    NOT NULL,
    status       INTEGER NOT NULL DEFAULT 1,
    started_at   TEXT,
    finished_at  TEXT,
    msg_batch_id TEXT,
    msg_progress INTEGER NOT NULL DEFAULT 0, -- percent
    duration     INTEGER, -- seconds from the start to the end
    created_at   TEXT    NOT NULL,
    updated_at   TEXT    NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT course_access_once UNIQUE (student_id, course_id),
    CONSTRAINT course_access_status CHECK (status BETWEEN 1 AND 5),
    CONSTRAINT course_access_progress CHECK (msg_progress BETWEEN 0 AND 100),
    CONSTRAINT course_access_started CHECK (CASE WHEN status = 1 THEN started_at IS NULL
                                                 WHEN status = 5 THEN 1 = 1
                                                 ELSE started_at IS NOT NULL END),
    CONSTRAINT course_access_finished CHECK (CASE WHEN status IN (3, 4) THEN finished_at IS NOT NULL
                                                  ELSE finished_at IS NULL END)
) STRICT;

CREATE TABLE student_credit (
    id             TEXT    NOT NULL PRIMARY KEY,
    application_id TEXT    NOT NULL,
    student_id     TEXT    NOT NULL,
    amount_cents   INTEGER NOT NULL DEFAULT 0,
    created_at     TEXT    NOT NULL,
    updated_at     TEXT    NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT student_credit_amount CHECK (amount_cents >= 0)
) STRICT;

-- The ledger. It names its credit without a foreign key, so that a booking does not lock the credit for sharing before the
-- credit is changed.
CREATE TABLE student_credit_transaction (
    id             TEXT    NOT NULL PRIMARY KEY,
    application_id TEXT    NOT NULL,
    student_id     TEXT    NOT NULL,
    credit_id      TEXT,
    object_id      TEXT    NOT NULL, -- the course
    change_cents   INTEGER NOT NULL,
    amount_cents   INTEGER NOT NULL, -- of the credit after this booking
    type           INTEGER NOT NULL,
    remark         TEXT,
    created_at     TEXT    NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT student_credit_transaction_change CHECK (change_cents > 0)
) STRICT;

-- What must never happen, refused by the database too: a second credit of a student, a second booking of the same. Databases
-- that are older than these keys may hold such rows; GrantRepair clears them away and then adds the keys.
CREATE UNIQUE INDEX student_credit_owner ON student_credit (student_id, application_id);
CREATE UNIQUE INDEX student_credit_transaction_once ON student_credit_transaction (student_id, object_id, type);

CREATE INDEX student_credit_transaction_by_time ON student_credit_transaction (student_id, created_at);
CREATE INDEX course_access_by_course ON course_access (course_id);
