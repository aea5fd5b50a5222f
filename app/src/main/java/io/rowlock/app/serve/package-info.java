/**
 * Starting, running and ending the service.
 *
 * <p>{@link io.rowlock.app.serve.Service#start} takes {@link io.rowlock.app.serve.ServeSettings} and goes from the world
 * inwards, so that what is wrong is told early and in one line ({@link io.rowlock.app.serve.CannotStart}): the data folder
 * ({@code DataFolder}), the port, the database ({@code OpenDatabase}: SQLite in the folder, a server started for this run,
 * or one that is there), and only then the web application ({@code Application}), which brings the tables up to date before
 * it takes its first request.
 *
 * <p>A system that is served (the {@code lottery} is one) takes part by beans: {@link io.rowlock.app.serve.LockOrder} says
 * in which order its tables are locked, {@link io.rowlock.app.serve.Greeting} what a newcomer may try.
 *
 * <p>At the end requests that run are answered, then the pool is closed, then a server that was started is stopped.
 */
@NullMarked
package io.rowlock.app.serve;

import org.jspecify.annotations.NullMarked;
