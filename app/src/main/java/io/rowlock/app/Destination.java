package io.rowlock.app;

import io.rowlock.app.serve.CannotStart;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether what a command is to write can be written, asked before it takes its time. */
final class Destination {
    private Destination() {}

    /** A file in a folder that is there; what is in it is replaced. */
    static void requireFile(Path file) throws CannotStart {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new CannotStart("Cannot write there, it is a folder (file=" + file + ")");
        }
        if (!Files.isDirectory(folder)) {
            throw new CannotStart("Cannot write there, the folder is not there (file=" + file + ")");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new CannotStart("Cannot write there, it is not allowed (file=" + file + ")");
        }
    }

    /** A folder, which is made if it is not there. */
    static void requireFolder(Path folder) throws CannotStart {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException file) {
            throw new CannotStart("Cannot write there, it is not a folder (folder=" + folder + ")", file);
        } catch (IOException refused) {
            throw new CannotStart("Cannot write there, the folder cannot be made (folder=" + folder + ")", refused);
        }
        if (!Files.isWritable(folder)) {
            throw new CannotStart("Cannot write there, it is not allowed (folder=" + folder + ")");
        }
    }
}
