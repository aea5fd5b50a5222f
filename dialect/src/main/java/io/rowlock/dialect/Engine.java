package io.rowlock.dialect;

/** A database engine that Rowlock knows. */
public enum Engine {
    POSTGRESQL,
    MARIADB,
    MYSQL,
    SQLITE
}
