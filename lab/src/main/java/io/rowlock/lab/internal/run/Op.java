package io.rowlock.lab.internal.run;

import io.rowlock.watch.jdbc.JdbcStep;

/** What an actor is about to do when it stops at a gate. */
public sealed interface Op {

    /** A statement, a commit or a rollback. */
    record Database(JdbcStep step) implements Op {}

    /** A step of another kind. */
    record Named(String name) implements Op {}

    /** To begin. */
    record Begin() implements Op {}

    /** To end. Only actors that may crash stop here: afterwards, and before anybody has their answer. */
    record End() implements Op {}
}
