/** The systems as they are mostly written, each operation with the defect of its original. For showing, never for serving. */
@NullMarked
package io.rowlock.app.naive;

import org.jspecify.annotations.NullMarked;
