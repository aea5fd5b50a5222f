-- Mastery: what is known of each learner, what was learned of each answer, and rewards that are due later.
--
-- Everything that changes a learner is a row of amas_events, and is written in the commit that changes state and model. A learner who
-- begins anew gets the next generation; a model has learned of the events of its generation alone. "version" counts the changes of a row.

CREATE TABLE amas_user_states (
    user_id         TEXT    NOT NULL PRIMARY KEY,
    generation      INTEGER NOT NULL,
    attention       REAL    NOT NULL DEFAULT 0.7,
    fatigue         REAL    NOT NULL DEFAULT 0,
    motivation      REAL    NOT NULL DEFAULT 0,
    confidence      REAL    NOT NULL DEFAULT 0.5,
    mem             REAL    NOT NULL DEFAULT 0.5,
    speed           REAL    NOT NULL DEFAULT 0.5,
    stability       REAL    NOT NULL DEFAULT 0.5,
    trend_state     TEXT    NOT NULL,
    habit_profile   TEXT    NOT NULL, -- JSON
    cold_start      TEXT    NOT NULL, -- JSON
    recent_answers  TEXT    NOT NULL, -- JSON
    ensemble        TEXT    NOT NULL, -- JSON
    strategies      TEXT    NOT NULL, -- JSON, the last ten
    events          INTEGER NOT NULL, -- of this generation
    interactions    INTEGER NOT NULL, -- those of them that are answers
    last_update_ts  INTEGER NOT NULL DEFAULT 0, -- of the last answer, milliseconds since 1970
    created_at      TEXT    NOT NULL,
    updated_at      TEXT    NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT amas_user_states_ranges CHECK (attention BETWEEN 0 AND 1 AND fatigue BETWEEN 0 AND 1 AND motivation BETWEEN -1 AND 1
        AND confidence BETWEEN 0 AND 1 AND mem BETWEEN 0 AND 1 AND speed BETWEEN 0 AND 1 AND stability BETWEEN 0 AND 1)
) STRICT;

-- "model_data" is the lower triangle of A row by row, then b; eight bytes for each number, the most significant first.
CREATE TABLE amas_user_models (
    user_id        TEXT    NOT NULL PRIMARY KEY REFERENCES amas_user_states (user_id) ON DELETE CASCADE,
    generation     INTEGER NOT NULL,
    d              INTEGER NOT NULL,
    lambda         REAL    NOT NULL,
    alpha          REAL    NOT NULL,
    update_count   INTEGER NOT NULL,
    model_data     BLOB    NOT NULL,
    last_update_ts INTEGER NOT NULL DEFAULT 0,
    created_at     TEXT    NOT NULL,
    updated_at     TEXT    NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT amas_user_models_sane CHECK (d > 0 AND lambda > 0 AND update_count >= 0)
) STRICT;

-- An answer with the decision on it and the vector it was made by, or a delayed reward.
CREATE TABLE amas_events (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES amas_user_states (user_id) ON DELETE CASCADE,
    generation      INTEGER NOT NULL,
    event_number    INTEGER NOT NULL, -- in its generation, from 1
    kind            TEXT    NOT NULL,
    session_id      TEXT,
    answer_id       TEXT, -- of a reward: the answer
    word_id         TEXT,
    is_correct      INTEGER,
    response_time   REAL, -- milliseconds
    action_number   INTEGER NOT NULL,
    feature_version INTEGER NOT NULL,
    features        BLOB    NOT NULL, -- eight bytes for each number, the most significant first
    reward          REAL    NOT NULL,
    learned         INTEGER NOT NULL,
    update_count    INTEGER NOT NULL, -- of the model after it
    fingerprint     TEXT    NOT NULL, -- of what was asked
    answer          TEXT, -- JSON, as it was given
    occurred_at     TEXT    NOT NULL,
    created_at      TEXT    NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT amas_events_number UNIQUE (user_id, generation, event_number),
    CONSTRAINT amas_events_kind CHECK (kind IN ('ANSWER', 'REWARD')),
    CONSTRAINT amas_events_reward CHECK (reward BETWEEN -1 AND 1)
) STRICT;

CREATE TABLE amas_word_states (
    user_id          TEXT    NOT NULL REFERENCES amas_user_states (user_id) ON DELETE CASCADE,
    word_id          TEXT    NOT NULL,
    mastery_level    INTEGER NOT NULL DEFAULT 0,
    state            TEXT    NOT NULL DEFAULT 'NEW',
    answers          INTEGER NOT NULL DEFAULT 0,
    correct_answers  INTEGER NOT NULL DEFAULT 0,
    last_answered_at TEXT    NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, word_id),
    CONSTRAINT amas_word_states_level CHECK (mastery_level BETWEEN 0 AND 5),
    CONSTRAINT amas_word_states_state CHECK (state IN ('NEW', 'LEARNING', 'REVIEWING', 'MASTERED')),
    CONSTRAINT amas_word_states_answers CHECK (correct_answers BETWEEN 0 AND answers)
) STRICT;

-- Whether a reward is pending, processing, done or failed is what its claim says: OPEN, OPEN and not run out, DONE, PARKED.
CREATE TABLE reward_queue (
    id               TEXT    NOT NULL PRIMARY KEY,
    user_id          TEXT    NOT NULL REFERENCES amas_user_states (user_id) ON DELETE CASCADE,
    session_id       TEXT,
    answer_record_id TEXT,
    due_at           TEXT    NOT NULL,
    reward           REAL    NOT NULL,
    idempotency_key  TEXT    NOT NULL,
    created_at       TEXT    NOT NULL,
    updated_at       TEXT    NOT NULL,
    version          INTEGER NOT NULL DEFAULT 1,
    claim_state      TEXT    NOT NULL DEFAULT 'OPEN',
    claim_token      INTEGER NOT NULL DEFAULT 0,
    claim_until      INTEGER NOT NULL DEFAULT 0,
    claim_attempts   INTEGER NOT NULL DEFAULT 0,
    claim_reason     TEXT,
    CONSTRAINT reward_queue_once UNIQUE (idempotency_key)
) STRICT;

CREATE INDEX amas_user_states_by_time ON amas_user_states (last_update_ts);
CREATE INDEX amas_events_by_session ON amas_events (session_id, event_number);
CREATE INDEX reward_queue_by_claim ON reward_queue (claim_state, due_at, id);
CREATE INDEX reward_queue_by_user ON reward_queue (user_id, due_at);
CREATE INDEX reward_queue_by_session ON reward_queue (session_id);
CREATE INDEX reward_queue_by_answer ON reward_queue (answer_record_id);
