/** What a system asks the database by SQL of its own. */
@org.jspecify.annotations.NullMarked
package io.rowlock.app.sql;
