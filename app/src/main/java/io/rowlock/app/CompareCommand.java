package io.rowlock.app;

import io.rowlock.app.load.MasteryCompareCommand;
import picocli.CommandLine.Command;

/** {@code rowlock compare}: a system's operations as they are mostly written, beside the guarded ones; one command for each system. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "SYSTEM",
        description = "Run a system's operations naive and guarded under the same load, on one database.",
        footer = {"", "rowlock compare SYSTEM --help tells the options."},
        subcommands = {LotteryCompareCommand.class, SyncCompareCommand.class, MasteryCompareCommand.class})
final class CompareCommand {}
