package io.rowlock.app.story.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.StoryPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line that says a story's status, in the ways in which it is written. */
class StoryDocumentTest {
    private static final StoryPath PATH = new StoryPath("docs/1.1.md");

    private static StoryDocument document(String content) {
        return new StoryDocument(PATH, content);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "**Status**: Ready for Review",
                "**Status:** Ready for Review",
                "Status: ready_for_review",
                "status : READY FOR REVIEW  ",
                "- **Status**: `Ready for Review`",
                "* Status: *Ready for Review*",
                "> Status: Ready-for-Review",
                "__Status__: __Ready for Review__",
                "状态：Ready for Review",
                "---\nstatus: Ready for Review\n---\n",
                "# 1.1\r\n\r\n**Status**: Ready for Review\r\n\r\nText",
                "## Status\n\nReady for Review\n\n## Story\n",
                "## Status\n\n**Ready for Review**\n",
                "### **Status**\n**Status**: Ready for Review",
                "```\nStatus: Done\n```\nStatus: Ready for Review",
                "~~~\nStatus: Done\n~~~\n## Status ##\nReady for Review",
                "Status: Ready for Review\n\nStatus: ready for review"
            })
    void isUnderstood(String content) throws NotAStory {
        StoryDocument document = document(content);
        assertThat(document.status()).isEqualTo(CoreStatus.READY_FOR_REVIEW);
        assertThat(document.with(CoreStatus.READY_FOR_REVIEW)).isSameAs(document);

        StoryDocument done = document.with(CoreStatus.READY_FOR_DONE);

        assertThat(done.status()).isEqualTo(CoreStatus.READY_FOR_DONE);
        assertThat(done.content().replaceAll("(?i)ready.for.(review|done)", "?"))
                .as("nothing else is another")
                .isEqualTo(content.replaceAll("(?i)ready.for.(review|done)", "?"));
    }

    @Test
    void whatIsWrongIsSaidInAFewWords() {
        assertThatThrownBy(document("# No line\n\nStatus codes: 404")::status)
                .isInstanceOf(NotAStory.class)
                .hasMessage("no status line");
        assertThatThrownBy(document("Status: nearly done")::status).hasMessage("no such status: 'nearly done'");
        assertThatThrownBy(document("Status: Draft\n\nStatus: Done")::status)
                .hasMessage("two statuses: 'Draft' and 'Done'");
        assertThatThrownBy(() -> document("Status: Done\n\nStatus: Draft").with(CoreStatus.FAILED))
                .hasMessageStartingWith("two statuses");
        assertThatThrownBy(document("")::status).hasMessage("no status line");
        assertThatThrownBy(document("## Status\n")::status).hasMessage("no status line");
        assertThatThrownBy(document("Status: " + "😀".repeat(60))::status)
                .hasMessageStartingWith("no such status: '😀")
                .hasMessageEndingWith("…'");
        assertThatThrownBy(document("Status:")::status).isInstanceOf(NotAStory.class);
    }

    @Test
    void oneIsMadeForAStoryThatHasNone() throws NotAStory {
        StoryDocument made = StoryDocument.made(new StoryPath("a/1.2 ü.md"), CoreStatus.IN_PROGRESS);
        assertThat(made.content()).isEqualTo("# 1.2 ü\n\n**Status**: In Progress\n");
        assertThat(made.status()).isEqualTo(CoreStatus.IN_PROGRESS);
    }

    /** Backtracking would make minutes of it. */
    @Test
    void longLinesAreReadInNoTime() {
        String spaces = " ".repeat(100_000);
        for (String content : new String[] {
            "Status:" + spaces + "x" + spaces + "*",
            "*".repeat(200_000),
            "status" + spaces,
            "#" + spaces + "Status" + spaces
        }) {
            assertThatThrownBy(document(content)::status).isInstanceOf(NotAStory.class);
        }
    }
}
