package io.rowlock.app.serve;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds what the service keeps. */
record DataFolder(Path path) {

    /**
     * Makes the folder if need be, and makes sure that it can be written to.
     *
     * @throws CannotStart if it cannot
     */
    static DataFolder open(Path path) throws CannotStart {
        try {
            Files.createDirectories(path);
            Files.delete(Files.createTempFile(path, ".rowlock-", ".tmp"));
            return new DataFolder(path);
        } catch (FileAlreadyExistsException file) {
            throw new CannotStart("The data folder is not a folder (path=" + path + ")", file);
        } catch (IOException | UnsupportedOperationException refused) {
            throw new CannotStart(
                    "Cannot write to the data folder (path=" + path + "); choose another with --data", refused);
        }
    }

    Path log() {
        return path.resolve("rowlock.log");
    }

    Path sqlite() {
        return path.resolve("rowlock.db");
    }

    /** Where a server that is started for the service keeps its data. */
    Path server(String engine) {
        return path.resolve(engine);
    }
}
