package io.rowlock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One address behind which servers come and go: connections go to the server that is there when they are made. */
final class Switchboard implements AutoCloseable {
    private final ServerSocket entrance;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile List<URI> targets = List.of();
    private int accepted;

    Switchboard() {
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread thread = new Thread(this::accept, "switchboard");
        thread.setDaemon(true);
        thread.start();
    }

    /** The address, with the password of a server. */
    URI uri(String password) {
        return URI.create("redis://:" + password + "@127.0.0.1:" + entrance.getLocalPort());
    }

    /** Connections that are made from now on go there, or nowhere; those that are open stay. */
    void to(@Nullable URI server) {
        targets = server == null ? List.of() : List.of(server);
    }

    /** Connections that are made from now on go to one after the other, as a balancer would have it. */
    void inTurnTo(URI... servers) {
        targets = List.of(servers);
    }

    void cutAll() {
        open.forEach(Switchboard::end);
        open.clear();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                List<URI> all = targets;
                if (all.isEmpty()) {
                    end(client);
                    continue;
                }
                URI server = all.get(accepted++ % all.size());
                Socket onwards = new Socket(server.getHost(), server.getPort());
                open.add(client);
                open.add(onwards);
                pump(client, onwards);
                pump(onwards, client);
            } catch (IOException gone) {
                // The next one, or the end.
            }
        }
    }

    private static void pump(Socket from, Socket to) {
        Thread thread = new Thread(
                () -> {
                    try (InputStream in = from.getInputStream();
                            OutputStream out = to.getOutputStream()) {
                        in.transferTo(out);
                    } catch (IOException gone) {
                        // Both ends go.
                    }
                    end(from);
                    end(to);
                },
                "switchboard-pump");
        thread.setDaemon(true);
        thread.start();
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // It is what was wanted.
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        cutAll();
    }
}
