/** Two forms of the same operation beside each other on one database: what they cost, how long they lock, what they leave. */
@NullMarked
package io.rowlock.app.compare;

import org.jspecify.annotations.NullMarked;
