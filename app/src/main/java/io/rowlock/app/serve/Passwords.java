package io.rowlock.app.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where passwords come from: never from a command line, which every user of the machine can read. */
final class Passwords {
    private Passwords() {}

    /**
     * The first line of a file if one is named, else what the environment has.
     *
     * @throws CannotStart if the file cannot be read
     */
    static Optional<String> of(@Nullable Path file, String variable) throws CannotStart {
        if (file == null) {
            return Optional.ofNullable(System.getenv(variable));
        }
        try {
            return Optional.of(Files.readString(file).lines().findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new CannotStart("Cannot read the password file (path=" + file + ")", unreadable);
        }
    }
}
