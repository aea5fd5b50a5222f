-- Credits: majors and their courses, who takes which course, what students have earned by it.
--
-- Amounts are whole hundredths of a credit. Statuses and types are numbers: 1 not started, 2 started, 3 finished late,
-- 4 finished on time, 5 expired; type 6 of the ledger is what finishing a course on its day earns. "version" counts the
-- changes of a row.

CREATE TABLE major (
    id             char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    application_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name           varchar(200)                                   NOT NULL,
    created_at     datetime(6)                                    NOT NULL,
    version        bigint                                         NOT NULL DEFAULT 1
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A major has up to twelve courses, one a lesson.
CREATE TABLE course (
    id         char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    major_id   char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lesson     int                                            NOT NULL,
    name       varchar(200)                                   NOT NULL,
    created_at datetime(6)                                    NOT NULL,
    version    bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT course_lesson UNIQUE (major_id, lesson),
    CONSTRAINT course_lesson_number CHECK (lesson BETWEEN 1 AND 12),
    CONSTRAINT course_major FOREIGN KEY (major_id) REFERENCES major (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE course_access (
    id           char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    major_id     char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    course_id    char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    student_id   char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status       int                                            NOT NULL DEFAULT 1,
    started_at   datetime(6),
    finished_at  datetime(6),
    msg_batch_id char(36) CHARACTER SET ascii COLLATE ascii_bin,
    msg_progress int                                            NOT NULL DEFAULT 0, -- percent
    duration     bigint, -- seconds from the start to the end
    created_at   datetime(6)                                    NOT NULL,
    updated_at   datetime(6)                                    NOT NULL,
    version      bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT course_access_once UNIQUE (student_id, course_id),
    CONSTRAINT course_access_status CHECK (status BETWEEN 1 AND 5),
    CONSTRAINT course_access_progress CHECK (msg_progress BETWEEN 0 AND 100),
    CONSTRAINT course_access_started CHECK (CASE WHEN status = 1 THEN started_at IS NULL
                                                 WHEN status = 5 THEN 1 = 1
                                                 ELSE started_at IS NOT NULL END),
    CONSTRAINT course_access_finished CHECK (CASE WHEN status IN (3, 4) THEN finished_at IS NOT NULL
                                                  ELSE finished_at IS NULL END),
    CONSTRAINT course_access_major FOREIGN KEY (major_id) REFERENCES major (id),
    CONSTRAINT course_access_course FOREIGN KEY (course_id) REFERENCES course (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE student_credit (
    id             char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    application_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    student_id     char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_cents   bigint                                         NOT NULL DEFAULT 0,
    created_at     datetime(6)                                    NOT NULL,
    updated_at     datetime(6)                                    NOT NULL,
    version        bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT student_credit_amount CHECK (amount_cents >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The ledger. It names its credit without a foreign key, so that a booking does not lock the credit for sharing before the
-- credit is changed.
CREATE TABLE student_credit_transaction (
    id             char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    application_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    student_id     char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    credit_id      char(36) CHARACTER SET ascii COLLATE ascii_bin,
    object_id      char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the course
    change_cents   bigint                                         NOT NULL,
    amount_cents   bigint                                         NOT NULL, -- of the credit after this booking
    type           int                                            NOT NULL,
    remark         varchar(200),
    created_at     datetime(6)                                    NOT NULL,
    version        bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT student_credit_transaction_change CHECK (change_cents > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What must never happen, refused by the database too: a second credit of a student, a second booking of the same. Databases
-- that are older than these keys may hold such rows; GrantRepair clears them away and then adds the keys.
CREATE UNIQUE INDEX student_credit_owner ON student_credit (student_id, application_id);
CREATE UNIQUE INDEX student_credit_transaction_once ON student_credit_transaction (student_id, object_id, type);

CREATE INDEX student_credit_transaction_by_time ON student_credit_transaction (student_id, created_at);
