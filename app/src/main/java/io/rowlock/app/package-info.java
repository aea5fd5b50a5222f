/** The command line and the service. */
@NullMarked
package io.rowlock.app;

import org.jspecify.annotations.NullMarked;
