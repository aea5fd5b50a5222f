-- Mastery: what is known of each learner, what was learned of each answer, and rewards that are due later.
--
-- Everything that changes a learner is a row of amas_events, and is written in the commit that changes state and model. A learner who
-- begins anew gets the next generation; a model has learned of the events of its generation alone. "version" counts the changes of a row.

CREATE TABLE amas_user_states (
    user_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL PRIMARY KEY,
    generation       bigint                                             NOT NULL,
    attention        double                                             NOT NULL DEFAULT 0.7,
    fatigue          double                                             NOT NULL DEFAULT 0,
    motivation       double                                             NOT NULL DEFAULT 0,
    confidence       double                                             NOT NULL DEFAULT 0.5,
    mem              double                                             NOT NULL DEFAULT 0.5,
    speed            double                                             NOT NULL DEFAULT 0.5,
    stability        double                                             NOT NULL DEFAULT 0.5,
    trend_state      varchar(10)                                        NOT NULL,
    habit_profile    mediumtext                                         NOT NULL, -- JSON
    cold_start       mediumtext                                         NOT NULL, -- JSON
    recent_answers   mediumtext                                         NOT NULL, -- JSON
    ensemble         mediumtext                                         NOT NULL, -- JSON
    strategies       mediumtext                                         NOT NULL, -- JSON, the last ten
    events           bigint                                             NOT NULL, -- of this generation
    interactions     bigint                                             NOT NULL, -- those of them that are answers
    last_update_ts   bigint                                             NOT NULL DEFAULT 0, -- of the last answer, milliseconds since 1970
    created_at       datetime(6)                                        NOT NULL,
    updated_at       datetime(6)                                        NOT NULL,
    version          bigint                                             NOT NULL DEFAULT 1,
    CONSTRAINT amas_user_states_ranges CHECK (attention BETWEEN 0 AND 1 AND fatigue BETWEEN 0 AND 1 AND motivation BETWEEN -1 AND 1
        AND confidence BETWEEN 0 AND 1 AND mem BETWEEN 0 AND 1 AND speed BETWEEN 0 AND 1 AND stability BETWEEN 0 AND 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- "model_data" is the lower triangle of A row by row, then b; eight bytes for each number, the most significant first.
CREATE TABLE amas_user_models (
    user_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL PRIMARY KEY,
    generation       bigint                                             NOT NULL,
    d                int                                                NOT NULL,
    lambda           double                                             NOT NULL,
    alpha            double                                             NOT NULL,
    update_count     bigint                                             NOT NULL,
    model_data       varbinary(8192)                                    NOT NULL,
    last_update_ts   bigint                                             NOT NULL DEFAULT 0,
    created_at       datetime(6)                                        NOT NULL,
    updated_at       datetime(6)                                        NOT NULL,
    version          bigint                                             NOT NULL DEFAULT 1,
    CONSTRAINT amas_user_models_sane CHECK (d > 0 AND lambda > 0 AND update_count >= 0),
    CONSTRAINT amas_user_models_user FOREIGN KEY (user_id) REFERENCES amas_user_states (user_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- An answer with the decision on it and the vector it was made by, or a delayed reward.
CREATE TABLE amas_events (
    id               char(36) CHARACTER SET ascii COLLATE ascii_bin     NOT NULL PRIMARY KEY,
    user_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL,
    generation       bigint                                             NOT NULL,
    event_number     bigint                                             NOT NULL, -- in its generation, from 1
    kind             varchar(10)                                        NOT NULL,
    session_id       char(36) CHARACTER SET ascii COLLATE ascii_bin,
    answer_id        char(36) CHARACTER SET ascii COLLATE ascii_bin, -- of a reward: the answer
    word_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
    is_correct       boolean,
    response_time    double, -- milliseconds
    action_number    int                                                NOT NULL,
    feature_version  int                                                NOT NULL,
    features         varbinary(8192)                                    NOT NULL, -- eight bytes for each number, the most significant first
    reward           double                                             NOT NULL,
    learned          boolean                                            NOT NULL,
    update_count     bigint                                             NOT NULL, -- of the model after it
    fingerprint      varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL, -- of what was asked
    answer           mediumtext, -- JSON, as it was given
    occurred_at      datetime(6)                                        NOT NULL,
    created_at       datetime(6)                                        NOT NULL,
    version          bigint                                             NOT NULL DEFAULT 1,
    CONSTRAINT amas_events_number UNIQUE (user_id, generation, event_number),
    CONSTRAINT amas_events_kind CHECK (kind IN ('ANSWER', 'REWARD')),
    CONSTRAINT amas_events_reward CHECK (reward BETWEEN -1 AND 1),
    CONSTRAINT amas_events_user FOREIGN KEY (user_id) REFERENCES amas_user_states (user_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE amas_word_states (
    user_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL,
    word_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL,
    mastery_level    int                                                NOT NULL DEFAULT 0,
    state            varchar(10)                                        NOT NULL DEFAULT 'NEW',
    answers          bigint                                             NOT NULL DEFAULT 0,
    correct_answers  bigint                                             NOT NULL DEFAULT 0,
    last_answered_at datetime(6)                                        NOT NULL,
    version          bigint                                             NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, word_id),
    CONSTRAINT amas_word_states_level CHECK (mastery_level BETWEEN 0 AND 5),
    CONSTRAINT amas_word_states_state CHECK (state IN ('NEW', 'LEARNING', 'REVIEWING', 'MASTERED')),
    CONSTRAINT amas_word_states_answers CHECK (correct_answers BETWEEN 0 AND answers),
    CONSTRAINT amas_word_states_user FOREIGN KEY (user_id) REFERENCES amas_user_states (user_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Whether a reward is pending, processing, done or failed is what its claim says: OPEN, OPEN and not run out, DONE, PARKED.
CREATE TABLE reward_queue (
    id               char(36) CHARACTER SET ascii COLLATE ascii_bin     NOT NULL PRIMARY KEY,
    user_id          varchar(64) CHARACTER SET ascii COLLATE ascii_bin  NOT NULL,
    session_id       char(36) CHARACTER SET ascii COLLATE ascii_bin,
    answer_record_id char(36) CHARACTER SET ascii COLLATE ascii_bin,
    due_at           datetime(6)                                        NOT NULL,
    reward           double                                             NOT NULL,
    idempotency_key  varchar(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at       datetime(6)                                        NOT NULL,
    updated_at       datetime(6)                                        NOT NULL,
    version          bigint                                             NOT NULL DEFAULT 1,
    claim_state      varchar(10)                                        NOT NULL DEFAULT 'OPEN',
    claim_token      bigint                                             NOT NULL DEFAULT 0,
    claim_until      bigint                                             NOT NULL DEFAULT 0,
    claim_attempts   int                                                NOT NULL DEFAULT 0,
    claim_reason     varchar(1000),
    CONSTRAINT reward_queue_once UNIQUE (idempotency_key),
    CONSTRAINT reward_queue_user FOREIGN KEY (user_id) REFERENCES amas_user_states (user_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX amas_user_states_by_time ON amas_user_states (last_update_ts);
CREATE INDEX amas_events_by_session ON amas_events (session_id, event_number);
CREATE INDEX reward_queue_by_claim ON reward_queue (claim_state, due_at, id);
CREATE INDEX reward_queue_by_user ON reward_queue (user_id, due_at);
CREATE INDEX reward_queue_by_session ON reward_queue (session_id);
CREATE INDEX reward_queue_by_answer ON reward_queue (answer_record_id);
