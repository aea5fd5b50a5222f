/**
 * What every part of the HTTP interface has in common.
 *
 * <p><b>One shape for every error.</b> {@link io.rowlock.app.http.ApiError} is the body of each answer that is not a
 * success, whoever refuses: a controller ({@link io.rowlock.app.http.ApiException}), the framework and the guards
 * ({@code ErrorAdvice}), a filter or an unknown path ({@code ErrorPage}), Tomcat before any of them
 * ({@link io.rowlock.app.http.JsonErrorValve}). Nothing of a stack trace or of a Java name gets into it.
 *
 * <p><b>Errors speak the caller's language</b>, English or Chinese: {@code Messages}.
 *
 * <p><b>What is posted may be repeated.</b> {@link io.rowlock.app.http.Idempotent} gives a request that comes again the answer
 * that it had, and one that commits in parts the name of its run. {@link io.rowlock.app.http.PassingFailure} says what may be
 * asked again.
 *
 * <p><b>Versions travel as entity tags.</b> {@link io.rowlock.app.http.IfMatch} reads them back.
 *
 * <p><b>JSON is strict.</b> Unknown and doubled fields, text where a number stands and numbers where text stands are
 * refused with the place and what was expected ({@code StrictJson}, {@link io.rowlock.app.http.Malformed}); bodies have a
 * limit ({@code BodyLimit}).
 */
@NullMarked
package io.rowlock.app.http;

import org.jspecify.annotations.NullMarked;
