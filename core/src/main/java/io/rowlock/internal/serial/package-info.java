/** Keys held in this JVM, one at a time, first come first served. */
package io.rowlock.internal.serial;
