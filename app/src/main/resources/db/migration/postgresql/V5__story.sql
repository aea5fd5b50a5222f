-- Stories: where each of them stands, how it came there, and the document that it was read from.
--
-- A story's id is made of its path, so that one that is deleted and made again has its id back: "incarnation" tells the two apart,
-- "version" counts the changes of a row. Statuses are those of the documents; what is shown to those who process stories is
-- derived and not stored.

CREATE TABLE stories (
    id            uuid         NOT NULL PRIMARY KEY,
    epic_path     varchar(500) NOT NULL,
    story_path    varchar(500) NOT NULL,
    status        varchar(32)  NOT NULL DEFAULT 'DRAFT',
    phase         varchar(100),
    iteration     integer      NOT NULL DEFAULT 0,
    qa_result     text,
    error_message text,
    created_at    timestamptz  NOT NULL,
    updated_at    timestamptz  NOT NULL,
    incarnation   bigint       NOT NULL DEFAULT 1,
    version       bigint       NOT NULL DEFAULT 1,
    CONSTRAINT stories_path UNIQUE (story_path),
    CONSTRAINT stories_status CHECK (status IN ('DRAFT', 'READY_FOR_DEVELOPMENT', 'IN_PROGRESS', 'READY_FOR_REVIEW', 'READY_FOR_DONE',
                                                  'DONE', 'FAILED', 'CANCELLED')),
    CONSTRAINT stories_iteration CHECK (iteration >= 0),
    CONSTRAINT stories_version CHECK (version >= 1)
);

CREATE INDEX stories_by_status ON stories (status, updated_at);
CREATE INDEX stories_by_epic ON stories (epic_path);

-- One line for each version of each story, written with it in one commit and never changed; one more when it is deleted.
CREATE TABLE story_history (
    story_id      uuid         NOT NULL,
    incarnation   bigint       NOT NULL,
    story_version bigint       NOT NULL,
    story_path    varchar(500) NOT NULL,
    happened      varchar(16)  NOT NULL,
    operation     varchar(32)  NOT NULL,
    role          varchar(8),
    from_status   varchar(32),
    to_status     varchar(32),
    phase         varchar(100),
    iteration     integer      NOT NULL,
    qa_result     text,
    error_message text,
    metadata      text,
    changed_at    timestamptz  NOT NULL,
    version       bigint       NOT NULL DEFAULT 1,
    CONSTRAINT story_history_once PRIMARY KEY (story_id, incarnation, story_version),
    CONSTRAINT story_history_happened CHECK (happened IN ('CREATED', 'CHANGED', 'DELETED'))
);

CREATE INDEX story_history_by_time ON story_history (story_id, changed_at);

CREATE TABLE story_documents (
    story_id    uuid        NOT NULL PRIMARY KEY,
    content     text        NOT NULL,
    updated_at  timestamptz NOT NULL,
    incarnation bigint      NOT NULL DEFAULT 1,
    version     bigint      NOT NULL DEFAULT 1
);
