/**
 * Whether the mastery system's rows agree: {@link io.rowlock.app.mastery.audit.MasteryAudit}. JDBC and arithmetic alone, so that what judges
 * a model stands on nothing that makes one.
 */
@NullMarked
package io.rowlock.app.mastery.audit;

import org.jspecify.annotations.NullMarked;
