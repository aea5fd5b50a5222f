/**
 * What a story is: where it stands and where it may go ({@code CoreStatus}), whose step that is ({@code Role}), what it looks like
 * to those who process stories ({@code ProcessingStatus}), where its document is ({@code StoryPath}), what is to become of it
 * ({@code Change}), and the rows that all of it is stored in ({@code StoryTables}).
 *
 * <p>Rules and rows, no operation: what is stored by which unit is the matter of {@code io.rowlock.app.story}.
 */
@NullMarked
package io.rowlock.app.story.model;

import org.jspecify.annotations.NullMarked;
