/**
 * For those who run the stories: how they stand ({@code Monitor}), taking away what is over ({@code Cleanup}), backups that have the
 * write-ahead log in them ({@code StoryBackup}).
 */
@NullMarked
package io.rowlock.app.story.upkeep;

import org.jspecify.annotations.NullMarked;
