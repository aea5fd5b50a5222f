/**
 * What was found, for others: a page to send to a colleague ({@link io.rowlock.lab.report.HtmlReport}) and a document for programs
 * ({@link io.rowlock.lab.report.JsonReport}). Both are made from a list of {@link io.rowlock.lab.report.Explored}, and need nothing
 * but themselves.
 */
package io.rowlock.lab.report;
