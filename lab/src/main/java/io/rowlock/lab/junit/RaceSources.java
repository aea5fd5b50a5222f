package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** All that databases may come from, and which engines a run is to use. */
final class RaceSources {
    static final String ENGINES = "rowlock.race.engines";

    private static final String ENGINES_VARIABLE = "ROWLOCK_RACE_ENGINES";

    private final List<RaceDatabases> sources;
    private final Optional<Set<Engine>> allowed;

    private RaceSources(List<RaceDatabases> sources, Optional<Set<Engine>> allowed) {
        this.sources = sources;
        this.allowed = allowed;
    }

    /** Those of the class path that is being tested, in front of ours. */
    static RaceSources find() {
        List<RaceDatabases> sources = new ArrayList<>();
        ServiceLoader.load(RaceDatabases.class).forEach(sources::add);
        sources.add(new RunningServers());
        sources.add(new SqliteFiles());
        return new RaceSources(
                sources,
                Optional.ofNullable(System.getProperty(ENGINES, System.getenv(ENGINES_VARIABLE)))
                        .filter(names -> !names.isBlank())
                        .map(RaceSources::parse));
    }

    private static Set<Engine> parse(String names) {
        Set<Engine> engines = EnumSet.noneOf(Engine.class);
        for (String name : names.split(",", -1)) {
            switch (name.strip().toLowerCase(Locale.ROOT)) {
                case "" -> {}
                case "sqlite" -> engines.add(Engine.SQLITE);
                case "postgres", "postgresql" -> engines.add(Engine.POSTGRESQL);
                case "mariadb" -> engines.add(Engine.MARIADB);
                case "mysql" -> engines.add(Engine.MYSQL);
                default ->
                    throw new IllegalArgumentException("Unknown engine (" + ENGINES + "=" + names + ", unknown="
                            + name.strip() + ", known=sqlite,postgresql,mariadb,mysql)");
            }
        }
        return engines;
    }

    /** The engines for a test that wants some, or whichever there are; empty if the run is restricted to others. */
    Set<Engine> engines(List<Engine> wanted) {
        Set<Engine> engines = EnumSet.noneOf(Engine.class);
        if (!wanted.isEmpty()) {
            engines.addAll(wanted);
            allowed.ifPresent(engines::retainAll);
            return engines;
        }
        if (allowed.isPresent()) {
            return allowed.get();
        }
        sources.forEach(source -> engines.addAll(source.engines()));
        if (engines.isEmpty()) {
            throw new IllegalStateException("No database for race tests: " + ways(Engine.SQLITE) + "; or "
                    + ways(Engine.POSTGRESQL) + ", likewise for mariadb and mysql");
        }
        return engines;
    }

    /**
     * A database from the first source that has the engine.
     *
     * @throws IllegalStateException if there is none, or it fails
     */
    RaceDatabase create(Engine engine) {
        for (RaceDatabases source : sources) {
            if (source.engines().contains(engine)) {
                try {
                    return source.create(engine);
                } catch (SQLException failed) {
                    throw new IllegalStateException(
                            "The database for this race test could not be created (engine=" + engine + ", source="
                                    + source.getClass().getSimpleName() + ", error=" + failed.getMessage() + "): "
                                    + ways(engine),
                            failed);
                }
            }
        }
        throw new IllegalStateException("No database for this race test (engine=" + engine + "): " + ways(engine));
    }

    private static String ways(Engine engine) {
        String service = "name a RaceDatabases in META-INF/services/" + RaceDatabases.class.getName();
        if (engine == Engine.SQLITE) {
            return "put org.xerial:sqlite-jdbc on the class path, or " + service;
        }
        String product = engine.name().toLowerCase(Locale.ROOT);
        return "set " + RunningServers.property(engine) + " or " + RunningServers.variable(engine, "URL") + " to jdbc:"
                + product + "://HOST:PORT/DATABASE of a server whose user may create databases ("
                + RunningServers.variable(engine, "USER") + " and " + RunningServers.variable(engine, "PASSWORD")
                + " in the environment), with its driver on the class path, or " + service;
    }
}
