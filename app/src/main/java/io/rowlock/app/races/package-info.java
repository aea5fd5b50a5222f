/** The races of the systems, each run by the lab in the forms that it is written in: naive, published, guarded. */
@org.jspecify.annotations.NullMarked
package io.rowlock.app.races;
