/**
 * PostgreSQL's own isolation tests, read as they are and played over JDBC.
 *
 * <p>{@link io.rowlock.lab.spec.SpecRun} plays files on a server and answers a {@link io.rowlock.lab.spec.SpecReport}.
 * {@link io.rowlock.lab.spec.Spec} is one test as it is written. The tests themselves belong to PostgreSQL and are not part
 * of this project: {@code src/test/isolation} of PostgreSQL's sources.
 */
package io.rowlock.lab.spec;
