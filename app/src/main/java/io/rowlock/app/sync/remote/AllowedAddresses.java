package io.rowlock.app.sync.remote;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which addresses may be read: servers on certain hosts, files in certain folders.
 *
 * <p><b>Holds when</b> the names of hosts lead where whoever allowed them thinks: they are compared as they are written, and what
 * a name resolves to is not. <b>Breaks when</b> somebody else may put links into an allowed folder between the look and the
 * opening of a file.
 *
 * <p>Immutable, safe for use by many threads.
 */
public final class AllowedAddresses {
    private final Set<String> hosts;
    private final List<Path> folders;

    /**
     * Allows these and no others.
     *
     * @param hosts names or addresses as URLs write them; {@code *} for any
     * @param folders files in them and below; relative paths of files begin at the first
     */
    public AllowedAddresses(Set<String> hosts, List<Path> folders) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        this.folders =
                folders.stream().map(Path::toAbsolutePath).map(Path::normalize).toList();
    }

    /** The hosts, for people. */
    public Set<String> hosts() {
        return hosts;
    }

    /** The folders, for people. */
    public List<Path> folders() {
        return folders;
    }

    /** Whether an address may be read, as far as its text says it: the file need not be there. */
    public boolean allows(RemoteAddress address) {
        if (address instanceof RemoteAddress.Server server) {
            return hosts.contains("*") || hosts.contains(server.host());
        }
        return lexical((RemoteAddress.SqliteFile) address).isPresent();
    }

    private Optional<Path> lexical(RemoteAddress.SqliteFile file) {
        if (folders.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path path = folders.get(0).resolve(file.path()).normalize();
            return folders.stream().anyMatch(path::startsWith) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException none) {
            return Optional.empty();
        }
    }

    /**
     * The file as it is now, links followed.
     *
     * @throws RemoteFailure if it is not there, or leads out of the folders
     */
    Path file(RemoteAddress.SqliteFile file) throws RemoteFailure {
        Path path = lexical(file).orElseThrow(() -> new RemoteFailure(RemoteFailure.Kind.NOT_ALLOWED, ""));
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException gone) {
            throw new RemoteFailure(RemoteFailure.Kind.UNREACHABLE, "");
        }
        for (Path folder : folders) {
            try {
                if (real.startsWith(folder.toRealPath())) {
                    return real;
                }
            } catch (IOException noSuchFolder) {
                // Then nothing is in it.
            }
        }
        throw new RemoteFailure(RemoteFailure.Kind.NOT_ALLOWED, "");
    }
}
