package io.rowlock.internal.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where in the code somebody is, outside of Rowlock and the JDK, and what process and thread this is: for people only. */
final class CallSites {
    private static final int SITE_MAX = 300;
    private static final int NAME_MAX = 100;
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String PROCESS =
            hostName() + "/" + ProcessHandle.current().pid();

    private CallSites() {}

    /** Of this thread. */
    static String here() {
        return WALKER.walk(frames -> frames.filter(frame -> !isOurs(frame.getClassName()))
                .findFirst()
                .map(CallSites::text)
                .orElse(""));
    }

    private static boolean isOurs(String owner) {
        return owner.startsWith("io.rowlock.internal.")
                || owner.equals("io.rowlock.lease.Leases")
                || owner.startsWith("java.")
                || owner.startsWith("jdk.");
    }

    private static String text(StackWalker.StackFrame frame) {
        String text = frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
        return text.length() <= SITE_MAX ? text : text.substring(0, SITE_MAX);
    }

    static String processName() {
        return PROCESS;
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.length() <= NAME_MAX / 2 ? name : name.substring(0, NAME_MAX / 2);
        } catch (UnknownHostException nameless) {
            return "host";
        }
    }

    /** A thread of this process, told apart from one of the same name. */
    static String threadName() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        String end = "#" + threadId(thread);
        int room = NAME_MAX - PROCESS.length() - end.length() - 1;
        return PROCESS + "/" + (name.length() <= room ? name : name.substring(0, room)) + end;
    }

    @SuppressWarnings("deprecation") // threadId() came with 19
    private static long threadId(Thread thread) {
        return thread.getId();
    }
}
