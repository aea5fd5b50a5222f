package io.rowlock.engines;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Redis that asks one thing at a time, in Redis' own protocol (RESP 2): enough to see whether a server is
 * there and how it is set, without a client library. One thread at a time.
 */
final class Resp implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Socket socket;
    private final InputStream input;

    private Resp(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects to a server on the loopback interface and says the password. */
    static Resp connect(LocalServer.Reach reach) throws IOException {
        Socket socket = new Socket();
        try {
            int millis = (int) TIMEOUT.toMillis();
            socket.connect(new InetSocketAddress(Address.loopback(), reach.port()), millis);
            socket.setSoTimeout(millis);
            Resp connection = new Resp(socket);
            if (!reach.password().isEmpty()) {
                Object unused = connection.ask("AUTH", reach.password());
            }
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a command and waits for its answer.
     *
     * @return a {@code String}, a {@code Long}, a list of such, or null
     * @throws IOException if there is no answer, or it is an error, whose text is the message
     */
    @Nullable
    Object ask(String... words) throws IOException {
        StringBuilder command = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
        return answer();
    }

    private @Nullable Object answer() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> throw new IOException(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> text(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            default -> throw new IOException("This is not a Redis (said=" + line + ")");
        };
    }

    private @Nullable String text(int bytes) throws IOException {
        if (bytes < 0) {
            return null;
        }
        String text = new String(input.readNBytes(bytes), StandardCharsets.UTF_8);
        skipEndOfLine();
        return text;
    }

    private @Nullable List<@Nullable Object> list(int elements) throws IOException {
        if (elements < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < elements; i++) {
            list.add(answer());
        }
        return list;
    }

    private void skipEndOfLine() throws IOException {
        if (input.read() != '\r' || input.read() != '\n') {
            throw new IOException("This is not a Redis (a text does not end where it should)");
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("The server closed the connection");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        if (line.size() == 0) {
            throw new IOException("This is not a Redis (said an empty line)");
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
