package io.rowlock.watch;

import io.rowlock.watch.trace.CallSite;
import java.util.List;
import java.util.Set;

/** Where the program is that takes a step: the frames above JDBC and what stands between it and the program. */
final class CallSites {

    private static final CallSite NOWHERE = new CallSite(List.of());

    private static final List<String> BETWEEN = List.of(
            "io.rowlock.watch.jdbc.",
            "net.ttddyy.dsproxy.",
            "com.zaxxer.hikari.",
            "java.lang.reflect.",
            "jdk.internal.",
            "jdk.proxy");

    private static final Set<String> OWN =
            Set.of(RaceRecorder.class.getName(), RecordingObserver.class.getName(), CallSites.class.getName());

    private static final StackWalker WALKER = StackWalker.getInstance();

    private CallSites() {}

    static CallSite here(int framesMax) {
        if (framesMax == 0) {
            return NOWHERE;
        }
        return new CallSite(WALKER.walk(frames -> frames.filter(frame -> isTheProgram(frame.getClassName()))
                .limit(framesMax)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                .toList()));
    }

    private static boolean isTheProgram(String type) {
        return !OWN.contains(type) && BETWEEN.stream().noneMatch(type::startsWith) && !type.contains("$Proxy");
    }
}
