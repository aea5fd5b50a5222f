package io.rowlock;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Threads of this JVM wait for keys of each other in a circle, and this one closed it. It is told at once and not when its wait
 * would have ended; the others go on as soon as it has left the bodies whose keys it holds.
 *
 * <p>Nothing was taken by the call that threw it, and what the thread held before it holds still. To try again is right; to take
 * keys in one order everywhere is better, for then there is no circle.
 */
public final class SerialDeadlock extends RowlockException {
    private static final long serialVersionUID = 1;

    private final transient List<Wait> circle;

    /**
     * One of those who wait for each other.
     *
     * @param owner who
     * @param holds the key that the one before it in the circle waits for
     * @param wants the key that it waits for, which the next one holds
     * @param callSite where it waits, outside of Rowlock, read from its live stack
     */
    public record Wait(Thread owner, Key holds, Key wants, String callSite) {
        @Override
        public String toString() {
            return owner.getName() + " holds " + holds + " and waits for " + wants + " at " + callSite;
        }
    }

    /** Of the facts of a wait, and of the circle that it closed: the thread that is told comes first. */
    public SerialDeadlock(Map<String, Object> facts, List<Wait> circle) {
        super("Keys waited for in a circle", with(facts, circle), null);
        this.circle = List.copyOf(circle);
    }

    private static Map<String, Object> with(Map<String, Object> facts, List<Wait> circle) {
        Map<String, Object> all = new LinkedHashMap<>(facts);
        all.put("circle", circle.stream().map(Wait::toString).collect(Collectors.joining("; ", "[", "]")));
        return all;
    }

    /** Who waits for whom, each for the next and the last for the first: the thread that is told comes first. Empty after deserialisation. */
    public List<Wait> circle() {
        return circle == null ? List.of() : circle;
    }
}
