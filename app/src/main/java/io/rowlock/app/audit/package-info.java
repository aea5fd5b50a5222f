/**
 * How books are audited: {@link io.rowlock.app.audit.SqlAudit} runs a system's checks and answers a {@link
 * io.rowlock.app.audit.Finding} for each. JDBC alone, so that what judges the books stands on nothing that writes them.
 */
@NullMarked
package io.rowlock.app.audit;

import org.jspecify.annotations.NullMarked;
