package io.rowlock.app.serve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The running service. Ends with {@link #close}, and in the same order when the process is told to end.
 *
 * <p>Safe for use by many threads.
 */
public final class Service implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final String url;
    private final String database;
    private final String redis;
    private final List<String> commands;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Service(
            ConfigurableApplicationContext context, String url, String database, String redis, List<String> commands) {
        this.context = context;
        this.url = url;
        this.database = database;
        this.redis = redis;
        this.commands = commands;
        context.addApplicationListener(new WhenClosed(ended));
    }

    /** A class of its own: Spring gives a lambda every event, and catches what it throws at those of other kinds. */
    private record WhenClosed(CountDownLatch ended) implements ApplicationListener<ContextClosedEvent> {
        @Override
        public void onApplicationEvent(ContextClosedEvent closed) {
            ended.countDown();
        }
    }

    /**
     * Starts the service.
     *
     * @return the service, which takes requests now
     * @throws CannotStart if folder, port, database or a Redis of its own are not to be had; nothing is left running
     */
    public static Service start(ServeSettings settings) throws CannotStart {
        Options.requireKnown(settings.options());
        DataFolder data = DataFolder.open(settings.data());
        Log.to(data);
        requireFreePort(settings);
        OpenRedis redis = OpenRedis.open(settings.redis());
        OpenDatabase database;
        try {
            database = OpenDatabase.open(settings.database(), data, settings.poolSize());
        } catch (CannotStart | RuntimeException failed) {
            redis.close();
            throw failed;
        }
        try {
            return boot(settings, database, redis);
        } catch (RuntimeException failed) {
            database.close();
            redis.close();
            LoggerFactory.getLogger(Service.class).error("Cannot start", failed);
            throw new CannotStart(reason(settings, data, failed), failed);
        }
    }

    /** Asks for the port before anything else is done: a start that fails for it has not touched the database. */
    private static void requireFreePort(ServeSettings settings) throws CannotStart {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(settings.bind()), settings.port()));
        } catch (UnknownHostException unknown) {
            throw new CannotStart("No such address to listen on (bind=" + settings.bind() + ")", unknown);
        } catch (IOException taken) {
            throw new CannotStart(portTaken(settings), taken);
        }
    }

    private static String portTaken(ServeSettings settings) {
        return "Cannot listen there, the port is taken or not allowed (bind=" + settings.bind() + ", port="
                + settings.port() + "); choose another with --port";
    }

    private static Service boot(ServeSettings settings, OpenDatabase database, OpenRedis redis) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .initializers(starting -> {
                    GenericApplicationContext beans = (GenericApplicationContext) starting;
                    beans.registerBean(ServeSettings.class, () -> settings);
                    beans.registerBean(OpenDatabase.class, () -> database);
                    beans.registerBean(OpenRedis.class, () -> redis);
                    beans.registerBean(ZoneId.class, settings::zone);
                })
                // As arguments, the strongest source: no file or variable that lies about may change them.
                .run(Stream.concat(
                                Options.asArguments(settings.options()),
                                Stream.of(
                                        "--server.address=" + settings.bind(),
                                        "--server.port=" + settings.port(),
                                        "--rowlock.version=" + AppVersion.current()))
                        .toArray(String[]::new));
        WebServer web = ((WebServerApplicationContext) context).getWebServer();
        int port = web == null ? settings.port() : web.getPort();
        String url = "http://" + reachable(settings.bind()) + ":" + port;
        List<String> commands = context.getBeanProvider(Greeting.class)
                .orderedStream()
                .flatMap(greeting -> greeting.commands(url).stream())
                .toList();
        return new Service(context, url, database.title(), redis.title(), commands);
    }

    /** The address as a caller on this machine writes it. */
    private static String reachable(String bind) {
        if (bind.equals("0.0.0.0") || bind.equals("::")) {
            return "127.0.0.1";
        }
        return bind.contains(":") ? "[" + bind + "]" : bind;
    }

    private static String reason(ServeSettings settings, DataFolder data, Throwable failed) {
        PortInUseException port = find(failed, PortInUseException.class);
        if (port != null) {
            return portTaken(settings);
        }
        Throwable root = failed;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return "The service did not start: "
                + String.valueOf(root.getMessage()).lines().findFirst().orElse("") + " (log=" + data.log() + ")";
    }

    private static <X extends Throwable> @Nullable X find(Throwable thrown, Class<X> type) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }

    /** Where it is, without a slash at the end. */
    public String url() {
        return url;
    }

    /** Which database it stands on, for people. */
    public String database() {
        return database;
    }

    /** Which Redis its caches share with others, for people; empty if there is none. */
    public String redis() {
        return redis;
    }

    /** What to try: lines for a shell. */
    public List<String> commands() {
        return commands;
    }

    /** Where the log of a service with this data folder is. */
    public static Path log(Path data) {
        return new DataFolder(data).log();
    }

    /** Waits until the service has been told to end. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Answers the requests that run, takes no more, and ends. */
    @Override
    public void close() {
        context.close();
    }
}
