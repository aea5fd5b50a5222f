/**
 * Stories from a folder of Markdown, and back: {@code StoryDocument} reads and changes the line that says the status, {@code
 * StoryFolder} reads and writes files and nothing outside of the folder, {@code StoryDocuments} makes units of work of them and a
 * {@code FileReport} for each run. All of it is bounded: {@code FolderLimits}.
 */
@NullMarked
package io.rowlock.app.story.document;

import org.jspecify.annotations.NullMarked;
