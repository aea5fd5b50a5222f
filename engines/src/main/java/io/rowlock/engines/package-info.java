/**
 * Real database servers for tests, without containers, and what tests of concurrency need besides.
 *
 * <p><b>Databases.</b> A test method annotated with {@link io.rowlock.engines.Databases} runs once on SQLite, PostgreSQL and
 * MariaDB, and gets a {@link io.rowlock.engines.Database}: new, empty, durable, with a pool. After the method a {@link
 * io.rowlock.engines.LeakCheck} asks the engine what was left behind: connections, transactions, locks, statements.
 *
 * <p><b>Servers.</b> One server of each kind serves the whole build. It is the one that {@code ROWLOCK_POSTGRES_URL} or {@code
 * ROWLOCK_MARIADB_URL} names (with {@code _USER} and {@code _PASSWORD}); else one started from the programs on the PATH; else
 * one started from a jar on the class path or in the folder that {@code -Drowlock.engines.dir} names, unpacked once per user.
 * {@code ROWLOCK_IGNORE_PATH=true} passes over the second. Tests and programs that need settings of their own start a {@link
 * io.rowlock.engines.PostgresServer} or a {@link io.rowlock.engines.MariaDbServer}. No server outlives its owner, not even one
 * that is killed. Beside them there is a {@link io.rowlock.engines.RedisServer}, found and ended in the same way ({@code
 * ROWLOCK_REDIS_URL} names one that runs).
 *
 * <p><b>Faults.</b> {@link io.rowlock.engines.FaultyDataSource} numbers the statements and commits of a run and fails, stalls or
 * cuts at any of them, before or after; {@link io.rowlock.engines.TcpProxy} does it on the wire, with the driver's own errors.
 *
 * <p><b>Time, choices, threads.</b> {@link io.rowlock.engines.TestClock} passes when told to, {@link io.rowlock.engines.Choices}
 * walks through all combinations, {@link io.rowlock.engines.Actors} start together, and {@link io.rowlock.engines.Eventually}
 * waits with a deadline.
 *
 * <p>Nothing here knows a guard of Rowlock: these are tools for any JDBC program.
 */
package io.rowlock.engines;
