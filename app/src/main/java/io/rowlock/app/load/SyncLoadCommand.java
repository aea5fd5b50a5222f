package io.rowlock.app.load;

import picocli.CommandLine.Command;

/** {@code rowlock load sync}. */
@Command(
        name = "sync",
        description = {
            "Drive the sync with many clients at once, over instances some of which are slow or cannot be reached, then audit",
            "the database.",
            "",
            "Without --url it starts the service itself, on a fresh database in a temporary folder,",
            "in processes of their own that end with it."
        })
final class SyncLoadCommand extends SystemLoadCommand {
    @Override
    LoadedSystem system() throws CannotLoad {
        return new SyncLoad();
    }
}
