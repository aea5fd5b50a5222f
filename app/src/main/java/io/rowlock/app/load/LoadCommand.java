package io.rowlock.app.load;

import picocli.CommandLine.Command;

/** {@code rowlock load}: the loads there are, one for each system. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "SYSTEM",
        description = "Drive a system with many clients at once, then audit its books.",
        footer = {"", "rowlock load SYSTEM --help tells the options."},
        subcommands = {
            LotteryLoadCommand.class,
            CreditsLoadCommand.class,
            StoryLoadCommand.class,
            SyncLoadCommand.class,
            MasteryLoadCommand.class
        })
public final class LoadCommand {}
