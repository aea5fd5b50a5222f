package io.rowlock.app;

import io.rowlock.Rowlock;
import io.rowlock.app.http.Malformed;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.Terminal;
import io.rowlock.app.story.document.FileReport;
import io.rowlock.app.story.document.FolderLimits;
import io.rowlock.app.story.document.StoryDocuments;
import io.rowlock.app.story.document.StoryFolder;
import io.rowlock.app.story.model.StoryPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock story}: stories from a folder of Markdown, and back. */
@Command(
        name = "story",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "import|export",
        description = "Take stories in from a folder of Markdown documents, or write them back to one.",
        footer = {"", "rowlock story import --help tells the options."},
        subcommands = {StoryCommand.Import.class, StoryCommand.Export.class})
final class StoryCommand implements Callable<Integer> {
    /** Something was refused or is broken; a line each says what. */
    static final int WRONG = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return Main.DONE;
    }

    /** What both have in common. */
    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:each file was dealt with",
                "1:the folder or the database could not be had",
                "2:the command was not understood",
                "3:something was refused or is broken; a line each says what"
            },
            footer = {"", DatabaseOptions.PASSWORD_FOOTER})
    abstract static class OfFolder implements Callable<Integer> {
        private static final int POOL_SIZE = 4;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Parameters(paramLabel = "FOLDER", description = "The folder; paths of stories are below it.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private Path folder;

        @Option(names = "--epic", paramLabel = "PATH", description = "The epic that it is about.")
        private @Nullable String epic;

        @Mixin
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private DatabaseOptions options;

        @Option(names = "--json", description = "One JSON document instead of lines.")
        private boolean json;

        /**
         * What --json prints.
         *
         * @param ok whether there is nothing to look at
         */
        private record Document(boolean ok, Map<String, Long> counts, List<FileReport.Line> files) {}

        @Override
        public Integer call() throws CannotStart {
            StoryPath ofEpic = epic();
            prepare(folder);
            try (OpenDatabase database =
                    OpenDatabase.openWithTables(options.database(spec.commandLine()), options.data(), POOL_SIZE)) {
                StoryDocuments documents =
                        new StoryDocuments(Rowlock.on(database.pool()).build());
                FileReport report = run(documents, new StoryFolder(folder, FolderLimits.STANDARD), ofEpic);
                progress("");
                print(report);
                return report.isWrong() ? WRONG : Main.DONE;
            } catch (IOException unreadable) {
                throw new CannotStart("The folder cannot be read (folder=" + folder + ")", unreadable);
            }
        }

        abstract void prepare(Path folder) throws CannotStart;

        abstract FileReport run(StoryDocuments documents, StoryFolder folder, @Nullable StoryPath epic)
                throws IOException;

        private @Nullable StoryPath epic() {
            try {
                return epic == null ? null : new StoryPath(epic);
            } catch (Malformed none) {
                throw misunderstood("--epic is a path such as docs/epics/epic-1.md");
            }
        }

        private ParameterException misunderstood(String why) {
            return new ParameterException(spec.commandLine(), why);
        }

        void progress(String what) {
            if (Terminal.isThere()) {
                PrintWriter err = spec.commandLine().getErr();
                err.print("\r\u001b[K" + what);
                err.flush();
            }
        }

        void progress(FileReport.Line line) {
            progress(line.file());
        }

        private void print(FileReport report) {
            PrintWriter out = spec.commandLine().getOut();
            Map<String, Long> counts = report.counts().entrySet().stream()
                    .collect(Collectors.toMap(
                            each -> each.getKey().name().toLowerCase(Locale.ROOT),
                            Map.Entry::getValue,
                            Long::sum,
                            java.util.TreeMap::new));
            if (json) {
                out.println(new JsonMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(new Document(!report.isWrong(), counts, report.files())));
            } else {
                report.files()
                        .forEach(line -> out.printf(
                                "%-8s  %s%s%n",
                                line.what().name().toLowerCase(Locale.ROOT),
                                line.file(),
                                line.detail().isEmpty() ? "" : "  (" + line.detail() + ")"));
                out.println(report.files().size()
                        + (report.files().size() == 1 ? " file" : " files")
                        + counts.entrySet().stream()
                                .map(each -> each.getValue() + " " + each.getKey())
                                .collect(Collectors.joining(", ", counts.isEmpty() ? "" : ": ", "")));
            }
            out.flush();
        }
    }

    /** {@code rowlock story import}. */
    @Command(
            name = "import",
            description = {
                "Take in the Markdown documents (.md) of a folder: what has no story yet becomes one, what says a",
                "further step takes it, if there is such a step. A document says its status in a line like",
                "**Status**: In Progress, or under a heading Status. The epic of a new story is --epic, or the folder",
                "that its document is in."
            })
    static final class Import extends OfFolder {
        @Override
        void prepare(Path folder) throws CannotStart {
            if (!Files.isDirectory(folder)) {
                throw new CannotStart("There is no such folder (folder=" + folder + ")");
            }
        }

        @Override
        FileReport run(StoryDocuments documents, StoryFolder folder, @Nullable StoryPath epic) throws IOException {
            return documents.importFrom(folder, epic, this::progress);
        }
    }

    /** {@code rowlock story export}. */
    @Command(
            name = "export",
            description = {
                "Write stories to a folder, each to its path: the document that it was read from, with its status now;",
                "a short one if it has none. With --epic those of an epic."
            })
    static final class Export extends OfFolder {
        @Override
        void prepare(Path folder) throws CannotStart {
            Destination.requireFolder(folder);
        }

        @Override
        FileReport run(StoryDocuments documents, StoryFolder folder, @Nullable StoryPath epic) {
            return documents.exportTo(folder, epic, this::progress);
        }
    }
}
