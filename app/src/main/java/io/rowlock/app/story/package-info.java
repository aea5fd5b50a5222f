/**
 * Stories on their way from draft to done, worked on by several at once: a reference system that stands on Rowlock.
 *
 * <p><b>Reading order.</b> {@code model} has what a story is and where it may go. {@code Stories} has what happens to one, each
 * operation one unit of work that answers an {@code Outcome}; {@code StoryUnits} are the parts of them. {@code MergeAndRetry} brings
 * a change together with those that came before it. {@code ManagedStories} keeps a story, or several, in one pair of hands.
 * {@code StoryQueries} shows without locking. The controller turns outcomes into HTTP; it decides nothing.
 *
 * <p><b>What a change is decided on</b> is the version that its caller has seen: number and incarnation. The number alone would be
 * passed again by a story that was deleted and made anew. The version is in the condition of the one statement that writes, so no
 * lock of a process stands behind it.
 *
 * <p>{@code document} reads stories from a folder of Markdown and writes them back; {@code upkeep} is for those who run the
 * service; {@code audit} asks whether the books are right, in SQL that knows nothing of the units.
 */
@NullMarked
package io.rowlock.app.story;

import org.jspecify.annotations.NullMarked;
