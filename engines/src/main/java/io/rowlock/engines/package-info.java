/**
 * Real database servers for tests, without containers, and what tests of concurrency need besides.
 *
 * <p>A test method annotated with {@link io.rowlock.engines.Databases} runs once on SQLite, PostgreSQL and MariaDB, and gets a
 * {@link io.rowlock.engines.Database}: new, empty, durable, with a pool. After it the extension looks for what it left behind,
 * by a {@link io.rowlock.engines.LeakCheck}.
 */
package io.rowlock.engines;
