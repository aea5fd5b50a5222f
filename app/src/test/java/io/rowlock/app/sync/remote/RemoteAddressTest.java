package io.rowlock.app.sync.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are understood and let through, and where passwords come from. */
class RemoteAddressTest {
    @TempDir
    Path folder;

    @Test
    void serversAndFilesAreUnderstood() {
        assertThat(RemoteAddress.parse("jdbc:postgresql://db.example.org/shop"))
                .contains(new RemoteAddress.Server(Engine.POSTGRESQL, "db.example.org", 5432, "shop"));
        assertThat(RemoteAddress.parse("jdbc:mariadb://LocalHost:3307/my_db-1"))
                .contains(new RemoteAddress.Server(Engine.MARIADB, "localhost", 3307, "my_db-1"));
        assertThat(RemoteAddress.parse("jdbc:postgresql://[::1]:5433/a"))
                .contains(new RemoteAddress.Server(Engine.POSTGRESQL, "[::1]", 5433, "a"));
        assertThat(RemoteAddress.parse("jdbc:sqlite:sub/shop 1.db"))
                .contains(new RemoteAddress.SqliteFile("sub/shop 1.db"));
    }

    /** Whatever a driver would do with more than host, port and database. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jdbc:postgresql:",
                "jdbc:postgresql:shop",
                "jdbc:postgresql://h/d?socketFactory=org.springframework.context.support.ClassPathXmlApplicationContext",
                "jdbc:postgresql://h/d?sslmode=require&sslkey=/etc/passwd",
                "jdbc:postgresql://h/d;x=1",
                "jdbc:postgresql://user:geheim@h/d",
                "jdbc:postgresql://h1,h2/d",
                "jdbc:postgresql://h:0/d",
                "jdbc:postgresql://h:99999/d",
                "jdbc:postgresql://h/",
                "jdbc:postgresql://h/d/e",
                "jdbc:postgresql://h/d%3Fx=1",
                "jdbc:mariadb:replication://h/d",
                "jdbc:mariadb://address=(host=h)/d",
                "jdbc:mariadb://h/d?allowLocalInfile=true",
                "jdbc:mariadb://h/d#x",
                "jdbc:mysql://h/d",
                "jdbc:h2:mem:a;INIT=RUNSCRIPT FROM 'http://x'",
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "jdbc:sqlite::resource:http://h/x.db",
                "jdbc:sqlite:file:x.db?mode=rwc",
                "jdbc:sqlite:x.db?enable_load_extension=true",
                "jdbc:sqlite:C:\\x.db",
                "JDBC:SQLITE:x.db",
                " jdbc:sqlite:x.db\n",
                "http://h/d"
            })
    void nothingElseIs(String url) {
        assertThat(RemoteAddress.parse(url)).isEmpty();
    }

    @Test
    void whatIsNotAllowedIsNotLetThrough() {
        AllowedAddresses allowed =
                new AllowedAddresses(Set.of("db.example.org", "[::1]"), List.of(folder.resolve("in")));

        assertThat(allows(allowed, "jdbc:postgresql://DB.example.org/d")).isTrue();
        assertThat(allows(allowed, "jdbc:postgresql://[::1]/d")).isTrue();
        assertThat(allows(allowed, "jdbc:postgresql://db.example.org.evil/d")).isFalse();
        assertThat(allows(allowed, "jdbc:mariadb://169.254.169.254/d")).isFalse();
        assertThat(allows(allowed, "jdbc:sqlite:a/../b.db")).isTrue();
        assertThat(allows(allowed, "jdbc:sqlite:" + folder.resolve("in/b.db"))).isTrue();
        assertThat(allows(allowed, "jdbc:sqlite:../b.db")).isFalse();
        assertThat(allows(allowed, "jdbc:sqlite:/etc/passwd")).isFalse();
        assertThat(allows(allowed, "jdbc:sqlite:" + folder.resolve("inside/b.db")))
                .isFalse();
        assertThat(allows(new AllowedAddresses(Set.of("*"), List.of()), "jdbc:mariadb://anywhere/d"))
                .isTrue();
        assertThat(allows(new AllowedAddresses(Set.of("*"), List.of()), "jdbc:sqlite:a.db"))
                .isFalse();
    }

    private static boolean allows(AllowedAddresses allowed, String url) {
        return allowed.allows(RemoteAddress.parse(url).orElseThrow());
    }

    @Test
    void aLinkDoesNotLeadOutOfAFolder() throws IOException, RemoteFailure {
        Path in = Files.createDirectory(folder.resolve("in"));
        Path outside = Files.writeString(folder.resolve("outside.db"), "");
        Files.writeString(in.resolve("real.db"), "");
        Files.createSymbolicLink(in.resolve("link.db"), outside);
        AllowedAddresses allowed = new AllowedAddresses(Set.of(), List.of(in));

        assertThat(allowed.file(new RemoteAddress.SqliteFile("real.db")))
                .isEqualTo(in.resolve("real.db").toRealPath());
        assertThatThrownBy(() -> allowed.file(new RemoteAddress.SqliteFile("link.db")))
                .isInstanceOfSatisfying(
                        RemoteFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(RemoteFailure.Kind.NOT_ALLOWED));
        assertThatThrownBy(() -> allowed.file(new RemoteAddress.SqliteFile("none.db")))
                .isInstanceOfSatisfying(
                        RemoteFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(RemoteFailure.Kind.UNREACHABLE));
    }

    @Test
    void passwordsComeFromAFileOfTheOwnerAloneOrTheEnvironment() throws IOException, RemoteFailure {
        Path file = Files.createFile(
                folder.resolve("credentials.properties"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Credentials credentials = new Credentials(
                file, Map.of("ROWLOCK_SYNC_PASSWORD_SHOP_RO", "from there", "ROWLOCK_SYNC_PASSWORD_OTHER", "other"));
        Files.writeString(file, "shop-ro=from the file\n");

        assertThat(credentials.password("shop-ro")).isEqualTo("from the file");
        assertThat(credentials.password("other")).isEqualTo("other");
        Files.writeString(file, "shop-ro=changed\n");
        assertThat(credentials.password("shop-ro")).as("read anew").isEqualTo("changed");
        assertThatThrownBy(() -> credentials.password("nobody"))
                .isInstanceOf(RemoteFailure.class)
                .hasMessage("The password of the instance is not to be had (credential=nobody)");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> credentials.password("shop-ro"))
                .isInstanceOf(RemoteFailure.class)
                .hasMessageContaining("others may read the file");
        assertThat(new Credentials(null, Map.of("ROWLOCK_SYNC_PASSWORD_A", "b")).password("a"))
                .isEqualTo("b");
    }
}
