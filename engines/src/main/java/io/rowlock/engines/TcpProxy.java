package io.rowlock.engines;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on the loopback interface in front of a server, at which the network can be made to fail: connections cut before a
 * request or after it, requests delayed, all traffic stopped, new connections refused. To the driver it is the server.
 *
 * <pre>{@code
 * TcpProxy proxy = database.newProxy();
 * try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
 *     ...
 *     proxy.cutNextRequest(When.AFTER);
 *     assertThatThrownBy(connection::commit); // and yet it is committed
 * }
 * }</pre>
 *
 * <p>A request is whatever a client sends until the server answers. Drivers and pools also send requests of their own, when
 * they make a connection or try an idle one, so arm a cut while the connection that it is meant for is borrowed.
 *
 * <p>Safe for use by many threads.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int BUFFER_SIZE = 16 * 1024;
    private static final int CONNECT_MILLIS_MAX = 10_000;

    private volatile InetSocketAddress target;
    private final ServerSocket listener;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Link> recent = new AtomicReference<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final ReentrantLock traffic = new ReentrantLock();
    private final Condition resumed = traffic.newCondition();
    private boolean stalled;
    private volatile boolean closed;
    private volatile boolean rejectsNew;
    private volatile int cutAtRequest;
    private volatile Duration delay = Duration.ZERO;

    private TcpProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 0, Address.loopback());
    }

    /** Starts a proxy in front of a server. */
    public static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port));
            proxy.start("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another server: connections that are made from now on go there; those that are open stay. */
    public void retarget(String host, int port) {
        target = new InetSocketAddress(host, port);
    }

    /** The address to connect to instead of the server's. */
    public String host() {
        return listener.getInetAddress().getHostAddress();
    }

    /** The port to connect to instead of the server's. */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Cuts the connection on which the next request comes, of those that are open now. One request is cut; the others pass.
     *
     * @param when {@link When#BEFORE}: the request is not forwarded. {@link When#AFTER}: it is, and the cut comes when the
     *     server begins to answer; the client sees nothing of the answer
     */
    public void cutNextRequest(When when) {
        Order order = new Order(when, new AtomicBoolean());
        links.forEach(link -> link.order.set(order));
    }

    /**
     * Cuts the connection on which a later request comes, which is not forwarded. So a break can be put at any place of what
     * a driver and a pool do by themselves.
     *
     * @param number of the request among all that come to this proxy, from 1; see {@link #requests}
     */
    public void cutRequest(int number) {
        cutAtRequest = number;
    }

    /** The connection on which a request came last. */
    public Optional<Link> mostRecentSender() {
        return Optional.ofNullable(recent.get());
    }

    /** The connections that are open. */
    public List<Link> links() {
        return List.copyOf(links);
    }

    /** Cuts all connections at once. */
    public void cutAll() {
        links.forEach(Link::cut);
    }

    /** Holds each request for that long before it is forwarded; zero, the default, ends it. */
    public void delay(Duration perRequest) {
        delay = perRequest;
    }

    /** Stops all traffic, both ways, without closing anything: what a broken network looks like at first. */
    public void stall() {
        traffic.lock();
        try {
            stalled = true;
        } finally {
            traffic.unlock();
        }
    }

    /** Lets traffic flow again, beginning with what was held back. */
    public void resume() {
        traffic.lock();
        try {
            stalled = false;
            resumed.signalAll();
        } finally {
            traffic.unlock();
        }
    }

    /** Whether new connections are closed as soon as they are made; those that are open stay. */
    public void rejectNew(boolean reject) {
        rejectsNew = reject;
    }

    /** How many connections were let through so far. */
    public int accepted() {
        return accepted.get();
    }

    /** How many connections were turned away so far. */
    public int rejected() {
        return rejected.get();
    }

    /** How many requests came so far, those of drivers and pools included. */
    public int requests() {
        return requests.get();
    }

    /** How many connections were cut so far. */
    public int cuts() {
        return cuts.get();
    }

    /** Closes the proxy and all connections through it. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        closeQuietly(listener);
        links.forEach(Link::closeBoth);
        resume();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (rejectsNew) {
                    rejected.incrementAndGet();
                    reset(client);
                } else {
                    open(client);
                }
            } catch (IOException e) {
                // The listener was closed, which ends the loop, or the client is gone already, which does not.
            }
        }
    }

    private void open(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_MILLIS_MAX);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(client);
            reset(server);
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        accepted.incrementAndGet();
        if (closed) {
            link.closeBoth();
        }
        start("client", link::forwardRequests);
        start("server", link::forwardAnswers);
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + port() + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitTraffic() {
        traffic.lock();
        try {
            while (stalled && !closed) {
                resumed.awaitUninterruptibly();
            }
        } finally {
            traffic.unlock();
        }
    }

    /** Closes with a reset rather than politely, as a crashed machine or a firewall does. */
    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            System.getLogger(TcpProxy.class.getName()).log(System.Logger.Level.DEBUG, "A socket did not close", e);
        }
    }

    /** One cut, wherever the next request comes. */
    private record Order(When when, AtomicBoolean taken) {}

    /** One connection through the proxy. Safe for use by many threads. */
    public final class Link {

        private final Socket client;
        private final Socket server;
        private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
        private final AtomicInteger linkRequests = new AtomicInteger();
        private volatile boolean answered = true;
        private volatile boolean cutOnAnswer;

        private Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** As {@link TcpProxy#cutNextRequest}, for the next request on this connection. */
        public void cutNextRequest(When when) {
            order.set(new Order(when, new AtomicBoolean()));
        }

        /** Cuts this connection now. */
        public void cut() {
            if (links.remove(this)) {
                // Counted first: whoever sees the broken connection sees the count too.
                cuts.incrementAndGet();
                closeBoth();
            }
        }

        /** Whether the connection is still up. */
        public boolean isOpen() {
            return links.contains(this);
        }

        /** How many requests came on this connection so far, those of the driver included. */
        public int requests() {
            return linkRequests.get();
        }

        private void closeBoth() {
            links.remove(this);
            reset(client);
            reset(server);
        }

        private void forwardRequests() {
            forward(client, server, true);
        }

        private void forwardAnswers() {
            forward(server, client, false);
        }

        private void forward(Socket source, Socket target, boolean toServer) {
            byte[] buffer = new byte[BUFFER_SIZE];
            try {
                InputStream in = source.getInputStream();
                OutputStream out = target.getOutputStream();
                int count = in.read(buffer);
                while (count >= 0 && (toServer ? mayAsk() : mayAnswer())) {
                    awaitTraffic();
                    out.write(buffer, 0, count);
                    out.flush();
                    count = in.read(buffer);
                }
            } catch (IOException e) {
                // One side is gone; the other is told below.
            } finally {
                closeBoth();
            }
        }

        /** Whether what the client sent goes on to the server. */
        private boolean mayAsk() {
            if (answered) {
                answered = false;
                linkRequests.incrementAndGet();
                recent.set(this);
                if (requests.incrementAndGet() == cutAtRequest) {
                    cut();
                    return false;
                }
            }
            Order given = order.getAndSet(null);
            if (given != null && given.taken().compareAndSet(false, true)) {
                if (given.when() == When.BEFORE) {
                    cut();
                    return false;
                }
                cutOnAnswer = true;
            }
            if (!delay.isZero()) {
                Eventually.pause(delay.toNanos());
            }
            return true;
        }

        /** Whether what the server sent goes on to the client. */
        private boolean mayAnswer() {
            if (cutOnAnswer) {
                cut();
                return false;
            }
            answered = true;
            return true;
        }
    }
}
