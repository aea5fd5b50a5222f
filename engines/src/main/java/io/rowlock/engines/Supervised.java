package io.rowlock.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program that never outlives its owner, not even one that is killed with signal 9. A small shell process of its own
 * session starts the program, watches the owner, and when the owner is gone stops the program and deletes its folder. So
 * there is no moment in which a killed JVM leaves a server behind: whoever started the server is the one that stays.
 *
 * <p>Without a program it watches over a folder of such folders, and after the owner's end waits for the programs in them to
 * be stopped by their own supervisors; one that is not, because its supervisor was killed, it stops itself.
 *
 * <p>The folder holds {@code pid} (number and start of the program) and {@code log} (what it printed).
 */
final class Supervised {

    /** What becomes of the folder once the program has ended. */
    enum Afterwards {
        DELETE_FOLDER,
        KEEP_FOLDER
    }

    /**
     * {@code started} fails for processes that are gone or wait to be buried, and else tells when a process started: a number
     * alone may belong to another process by now. A program that ended by itself leaves its folder to be read by its owner.
     * What is deleted may still be written to by a child of a killed owner, hence the repetition. A folder that is kept may
     * have a new program by then, whose number is left alone.
     */
    private static final String SCRIPT = """
            owner=$1 ownerStart=$2 folder=$3 signal=$4 afterwards=$5
            shift 5
            started() {
              start=
              if [ ! -r /proc/self/stat ]; then kill -0 "$1" 2>/dev/null && start=$ownerStart; return; fi
              { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
              set -- ${line##*) }
              [ "$1" != Z ] || return 1
              shift 19
              start=$1
            }
            is() { started "$1" && [ "$start" = "$2" ]; }
            program=
            if [ $# -gt 0 ]; then
              "$@" </dev/null >>"$folder/log" 2>&1 &
              program=$!
              started $program
              programStart=$start
              echo "$program $programStart" >"$folder/pid.new" && mv "$folder/pid.new" "$folder/pid"
            fi
            while is "$owner" "$ownerStart"; do sleep 0.5; done
            outlives() {
              turns=0
              while is "$1" "$2" && [ $turns -lt $3 ]; do turns=$((turns + 1)); sleep 0.1; done
              is "$1" "$2"
            }
            end() {
              if is "$1" "$2"; then kill -"$signal" "$1"; fi
              if outlives "$1" "$2" 150; then kill -KILL "$1"; fi
            }
            if [ -n "$program" ]; then
              end "$program" "$programStart"
            else
              for file in "$folder"/*/pid; do
                if { read -r number begin <"$file"; } 2>/dev/null && outlives "$number" "$begin" 30; then
                  end "$number" "$begin"
                fi
              done
            fi
            if [ "$afterwards" = DELETE_FOLDER ]; then
              turns=0
              while [ -e "$folder" ] && [ $turns -lt 100 ]; do
                rm -rf -- "$folder" 2>/dev/null || sleep 0.1
                turns=$((turns + 1))
              done
            elif { read -r number begin <"$folder/pid"; } 2>/dev/null && [ "$number" = "$program" ]; then
              rm -f -- "$folder/pid"
            fi
            """;

    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);
    private static final int LOG_LINES_SHOWN = 20;

    private final Process supervisor;
    private final Path folder;
    private final String signal;
    private final Afterwards afterwards;

    private Supervised(Process supervisor, Path folder, String signal, Afterwards afterwards) {
        this.supervisor = supervisor;
        this.folder = folder;
        this.signal = signal;
        this.afterwards = afterwards;
    }

    /**
     * Starts a program, or, when the command is empty, watches over a folder of such folders.
     *
     * @param signal the name of the signal that ends the program, such as {@code INT}
     */
    static Supervised start(ProcessId owner, Path folder, String signal, Afterwards afterwards, List<String> command) {
        List<String> line = new ArrayList<>();
        // A session of its own: an interrupt typed at the terminal must reach the application before its database.
        Programs.onPath("setsid").ifPresent(setsid -> line.add(setsid.toString()));
        line.addAll(List.of("sh", "-c", SCRIPT, "rowlock-supervisor"));
        line.addAll(
                List.of(Long.toString(owner.pid()), owner.started(), folder.toString(), signal, afterwards.toString()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            Files.deleteIfExists(folder.resolve("pid"));
            if (Files.exists(folder.resolve("log"))) {
                Files.move(folder.resolve("log"), folder.resolve("log.old"), StandardCopyOption.REPLACE_EXISTING);
            }
            Process supervisor = builder.start();
            supervisor.getOutputStream().close();
            return new Supervised(supervisor, folder, signal, afterwards);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program, once it runs and for as long as it does. */
    Optional<ProcessId> program() {
        return program(folder).filter(ProcessId::isAlive);
    }

    /** The program that was last started in a folder, dead or alive. */
    static Optional<ProcessId> program(Path folder) {
        try {
            String[] words = Files.readString(folder.resolve("pid")).trim().split(" ", 2);
            return Optional.of(new ProcessId(Long.parseLong(words[0]), words.length > 1 ? words[1] : ""));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the program has ended, or was never able to start. What it printed is there until {@link #stop()}. */
    boolean isOver() {
        return !supervisor.isAlive()
                || program(folder).filter(p -> !p.isAlive()).isPresent();
    }

    /** The end of what the program printed. */
    String log() {
        try {
            List<String> lines = new String(Files.readAllBytes(folder.resolve("log")), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Stops the program, deals with its folder and sends the supervisor home, in this order: should this process be killed
     * on the way, the supervisor does what is left.
     */
    void stop() {
        Optional<ProcessId> program = program();
        program.ifPresent(running -> {
            signal(running, signal);
            if (!Eventually.await(STOP_DEADLINE, () -> !running.isAlive())) {
                signal(running, "KILL");
                Eventually.await(STOP_DEADLINE, () -> !running.isAlive());
            }
        });
        if (afterwards == Afterwards.DELETE_FOLDER) {
            Folders.deleteIfPossible(folder);
        } else {
            Folders.delete(folder.resolve("pid"));
        }
        supervisor.destroyForcibly();
        Eventually.await(STOP_DEADLINE, () -> !supervisor.isAlive());
    }

    static void signal(ProcessId program, String signal) {
        try {
            // ProcessHandle sends two signals only, and PostgreSQL takes the milder one for "when all clients have
            // left".
            int unused = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + program.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
