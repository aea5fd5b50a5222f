package io.rowlock.app.sync.remote;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passwords of instances, by their names. They come from a file of {@code name=password} lines, which nobody but its owner may read,
 * and from the environment ({@code ROWLOCK_SYNC_PASSWORD_NAME}, hyphens as underscores), which counts where the file says nothing.
 * Neither the database nor any answer or log of this program has them.
 *
 * <p>The file is read whenever a password is asked for, so that a changed one counts at once. Safe for use by many threads.
 */
public final class Credentials {
    /** What a name may be: small letters, digits, hyphens. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?");

    private static final String VARIABLE = "ROWLOCK_SYNC_PASSWORD_";
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final @Nullable Path file;
    private final Map<String, String> environment;

    /**
     * @param file where they are, or null for the environment alone
     * @param environment variables by their names
     */
    public Credentials(@Nullable Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /**
     * A password.
     *
     * @throws RemoteFailure if there is none of this name, or others may read the file
     */
    String password(String name) throws RemoteFailure {
        String password = file == null ? null : inFile(file, name);
        if (password == null) {
            password = environment.get(variable(name));
        }
        if (password == null) {
            throw new RemoteFailure(RemoteFailure.Kind.NO_CREDENTIAL, "credential=" + name);
        }
        return password;
    }

    /** The variable of a name. */
    public static String variable(String name) {
        return VARIABLE + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static @Nullable String inFile(Path file, String name) throws RemoteFailure {
        try {
            if (!Files.exists(file)) {
                return null;
            }
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new RemoteFailure(
                        RemoteFailure.Kind.NO_CREDENTIAL, "credential=" + name + ", reason=others may read the file");
            }
        } catch (UnsupportedOperationException notPosix) {
            // Nobody can be asked who may read it.
        } catch (IOException unreadable) {
            throw new RemoteFailure(
                    RemoteFailure.Kind.NO_CREDENTIAL, "credential=" + name + ", reason=unreadable file");
        }
        Properties passwords = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            passwords.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new RemoteFailure(
                    RemoteFailure.Kind.NO_CREDENTIAL, "credential=" + name + ", reason=unreadable file");
        }
        return passwords.getProperty(name);
    }
}
