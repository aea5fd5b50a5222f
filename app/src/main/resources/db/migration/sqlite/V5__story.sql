-- Stories: where each of them stands, how it came there, and the document that it was read from.
--
-- A story's id is made of its path, so that one that is deleted and made again has its id back: "incarnation" tells the two apart,
-- "version" counts the changes of a row. Statuses are those of the documents; what is shown to those who process stories is
-- derived and not stored.

CREATE TABLE stories (
    id            TEXT    NOT NULL PRIMARY KEY,
    epic_path     TEXT    NOT NULL,
    story_path    TEXT    NOT NULL,
    status        TEXT    NOT NULL DEFAULT 'DRAFT',
    phase         TEXT,
    iteration     INTEGER NOT NULL DEFAULT 0,
    qa_result     TEXT,
    error_message TEXT,
    created_at    TEXT    NOT NULL,
    updated_at    TEXT    NOT NULL,
    incarnation   INTEGER NOT NULL DEFAULT 1,
    version       INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT stories_path UNIQUE (story_path),
    CONSTRAINT stories_status CHECK (status IN ('DRAFT', 'READY_FOR_DEVELOPMENT', 'IN_PROGRESS', 'READY_FOR_REVIEW', 'READY_FOR_DONE',
                                                  'DONE', 'FAILED', 'CANCELLED')),
    CONSTRAINT stories_iteration CHECK (iteration >= 0),
    CONSTRAINT stories_version CHECK (version >= 1)
) STRICT;

CREATE INDEX stories_by_status ON stories (status, updated_at);
CREATE INDEX stories_by_epic ON stories (epic_path);

-- One line for each version of each story, written with it in one commit and never changed; one more when it is deleted.
CREATE TABLE story_history (
    story_id      TEXT    NOT NULL,
    incarnation   INTEGER NOT NULL,
    story_version INTEGER NOT NULL,
    story_path    TEXT    NOT NULL,
    happened      TEXT    NOT NULL,
    operation     TEXT    NOT NULL,
    role          TEXT,
    from_status   TEXT,
    to_status     TEXT,
    phase         TEXT,
    iteration     INTEGER NOT NULL,
    qa_result     TEXT,
    error_message TEXT,
    metadata      TEXT,
    changed_at    TEXT    NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT story_history_once PRIMARY KEY (story_id, incarnation, story_version),
    CONSTRAINT story_history_happened CHECK (happened IN ('CREATED', 'CHANGED', 'DELETED'))
) STRICT;

CREATE INDEX story_history_by_time ON story_history (story_id, changed_at);

CREATE TABLE story_documents (
    story_id    TEXT    NOT NULL PRIMARY KEY,
    content     TEXT    NOT NULL,
    updated_at  TEXT    NOT NULL,
    incarnation INTEGER NOT NULL DEFAULT 1,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;
