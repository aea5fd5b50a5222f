package io.rowlock.lab;

import io.rowlock.watch.trace.Access;
import java.util.ArrayList;
import java.util.List;

/** Why a run went wrong: what each actor read, and what another changed of it before the reader wrote. */
final class Because {
    private Because() {}

    static List<String> chain(Run run) {
        List<String> chain = new ArrayList<>();
        List<Step> steps = run.steps();
        for (int read = 0; read < steps.size(); read++) {
            Step reader = steps.get(read);
            for (Access seen : reader.accesses()) {
                if (seen.mode() == Access.Mode.INSERT) {
                    continue;
                }
                for (int write = read + 1; write < steps.size(); write++) {
                    Step writer = steps.get(write);
                    if (writer.move().actor() != reader.move().actor()
                            && writes(writer, seen)
                            && writesLater(steps, write, reader.move().actor())) {
                        chain.add(reader.move() + " read " + seen.table() + rows(reader) + ", " + writer.move()
                                + " changed it afterwards, and " + reader.move().actor()
                                + " went on with what it had read");
                        break;
                    }
                }
            }
        }
        return chain.stream().distinct().toList();
    }

    private static boolean writes(Step step, Access seen) {
        return step.failure().isEmpty()
                && step.accesses().stream()
                        .anyMatch(access -> access.mode().isWrite()
                                && access.table().equals(seen.table())
                                && access.keys().mayMeet(seen.keys()));
    }

    private static boolean writesLater(List<Step> steps, int from, char actor) {
        return steps.subList(from, steps.size()).stream()
                .anyMatch(step -> step.move().actor() == actor
                        && step.accesses().stream()
                                .anyMatch(access -> access.mode().isWrite()));
    }

    private static String rows(Step step) {
        return step.rows().isEmpty() ? "" : " as " + step.rows().get(0);
    }
}
