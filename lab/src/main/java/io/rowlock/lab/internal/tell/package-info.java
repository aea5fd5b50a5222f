/** Statements, values and rows as people read them. */
package io.rowlock.lab.internal.tell;
