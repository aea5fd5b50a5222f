/** What the guards do, as metrics. Fed by their events and by nothing else. */
@NullMarked
package io.rowlock.app.metrics;

import org.jspecify.annotations.NullMarked;
