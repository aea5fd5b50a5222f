package io.rowlock.app;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.GivenDatabase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of a command that works on the database of a service, whether that runs or not. */
final class DatabaseOptions {
    /** For the end of the help. */
    static final String PASSWORD_FOOTER =
            "A service may run on the same database meanwhile. A password is never an option: it is"
                    + " read%nfrom the environment variable ROWLOCK_DB_PASSWORD or from the file of --db-password-file.";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the service's data, with its SQLite file (default: ./data).")
    private Path data = Path.of("data");

    @Option(names = "--db-url", paramLabel = "URL", description = "JDBC URL of a database instead, as for serve.")
    private @Nullable String dbUrl;

    @Option(names = "--db-user", paramLabel = "USER", description = "Who to be there.")
    private @Nullable String dbUser;

    @Option(names = "--db-password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    private @Nullable Path dbPasswordFile;

    /** The folder of the data. */
    Path data() {
        return data;
    }

    /**
     * The database that is meant.
     *
     * @throws ParameterException if the options do not go together
     * @throws CannotStart if the password file cannot be read
     */
    DatabaseChoice database(CommandLine command) throws CannotStart {
        if (dbUrl == null && (dbUser != null || dbPasswordFile != null)) {
            throw new ParameterException(command, "--db-user and --db-password-file go with --db-url");
        }
        try {
            return dbUrl == null ? DatabaseChoice.Own.named("sqlite") : GivenDatabase.of(dbUrl, dbUser, dbPasswordFile);
        } catch (IllegalArgumentException unusable) {
            throw new ParameterException(command, String.valueOf(unusable.getMessage()));
        }
    }
}
