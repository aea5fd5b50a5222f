package io.rowlock.app.load;

import picocli.CommandLine.Command;

/** {@code rowlock load mastery}. */
@Command(
        name = "mastery",
        description = {
            "Drive the mastery system with many clients at once, then audit the database.",
            "",
            "Without --url it starts the service itself, on a fresh database in a temporary folder,",
            "in processes of their own that end with it."
        })
final class MasteryLoadCommand extends SystemLoadCommand {
    @Override
    LoadedSystem system() {
        return new MasteryLoad();
    }
}
