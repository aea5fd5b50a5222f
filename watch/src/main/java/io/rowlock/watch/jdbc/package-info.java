/** Each step that a program takes at a database, seen before and after. */
package io.rowlock.watch.jdbc;
