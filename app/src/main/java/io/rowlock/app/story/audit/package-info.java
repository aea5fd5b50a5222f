/** Whether stories and their history agree, asked in SQL alone: neither Rowlock nor Spring stands behind what judges them. */
@NullMarked
package io.rowlock.app.story.audit;

import org.jspecify.annotations.NullMarked;
