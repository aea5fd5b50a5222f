package io.rowlock.app.serve;

import io.rowlock.dialect.Engine;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the options that name a database that is there: {@code --db-url}, {@code --db-user}, {@code --db-password-file}. */
public final class GivenDatabase {
    private static final String PASSWORD_VARIABLE = "ROWLOCK_DB_PASSWORD";

    /** What stands in a command line can be read by every user of the machine. */
    private static final Pattern SECRET_IN_URL = Pattern.compile(
            "//[^/?]*@|[?&;](password|sslpassword|keyStorePassword|trustStorePassword)=", Pattern.CASE_INSENSITIVE);

    private static final Map<String, Engine> URLS = Map.of(
            "jdbc:sqlite:", Engine.SQLITE,
            "jdbc:postgresql:", Engine.POSTGRESQL,
            "jdbc:mariadb:", Engine.MARIADB);

    private GivenDatabase() {}

    /**
     * What the options say.
     *
     * @param passwordFile the file whose first line is the password; without one it is that of the environment, if any
     * @throws IllegalArgumentException if the URL is none that can be used; the message says what it is to be
     * @throws CannotStart if the password file cannot be read
     */
    public static DatabaseChoice.Given of(String url, @Nullable String user, @Nullable Path passwordFile)
            throws CannotStart {
        require(
                !SECRET_IN_URL.matcher(url).find(),
                "--db-url holds a password: leave it out and set " + PASSWORD_VARIABLE + " or --db-password-file");
        require(
                !url.startsWith("jdbc:sqlite:") || !url.contains("memory"),
                "--db-url names a database in memory, of which every connection would have its own");
        return new DatabaseChoice.Given(
                engineOf(url),
                url,
                user,
                Passwords.of(passwordFile, PASSWORD_VARIABLE).orElse(null));
    }

    private static Engine engineOf(String url) {
        return URLS.entrySet().stream()
                .filter(known -> url.startsWith(known.getKey())
                        && url.length() > known.getKey().length())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("--db-url begins with jdbc:postgresql:, jdbc:mariadb: or"
                                + " jdbc:sqlite: and names a database"));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
