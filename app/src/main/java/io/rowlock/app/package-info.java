/**
 * The command line. {@code Main} knows the commands and how their failures are told: one line and an exit code, never a
 * stack trace. Each command is a class of its own; only {@code ServeCommand} starts the web application.
 */
@NullMarked
package io.rowlock.app;

import org.jspecify.annotations.NullMarked;
