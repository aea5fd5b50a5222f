/** The guides' Java, compiled and run. */
@NullMarked
package io.rowlock.guides;

import org.jspecify.annotations.NullMarked;
