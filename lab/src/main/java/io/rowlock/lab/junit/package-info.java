/**
 * Race tests in JUnit, from JUnit 5.9 on and in JUnit 6.
 *
 * <p>A method annotated {@link io.rowlock.lab.junit.RaceTest @RaceTest} takes a {@link io.rowlock.lab.junit.Race}: a new
 * database, and a data source for code that knows nothing of any of this. {@link io.rowlock.lab.junit.Race#check check} runs
 * every schedule that may differ and fails with the shortest that goes wrong, drawn as a timeline, with the line that keeps it:
 * {@link io.rowlock.lab.junit.Replay @Replay}. {@link io.rowlock.lab.junit.JunitWriter} writes such a test to a file.
 *
 * <p>Databases come from {@link io.rowlock.lab.junit.RaceDatabases}, an interface for projects that have their own ways; without
 * one, from servers that are named by properties, and SQLite in a file.
 *
 * <p>JUnit is an optional dependency of the lab: whoever uses this package has it.
 */
package io.rowlock.lab.junit;
