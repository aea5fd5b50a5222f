package io.rowlock.internal.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where in the code somebody is, outside of Rowlock and the JDK, and what process and thread this is: for people only. */
final class CallSites {
    private static final int SITE_MAX = 300;
    private static final StackWalker WALKER = StackWalker.getInstance();

    private CallSites() {}

    /** Of this thread. */
    static String here() {
        return WALKER.walk(frames -> frames.filter(frame -> !isOurs(frame.getClassName()))
                .findFirst()
                .map(frame -> cut(frame.toStackTraceElement().toString()))
                .orElse(""));
    }

    /** Of another thread, from its live stack; of this one without looking at all of it. */
    static String of(Thread thread) {
        if (thread == Thread.currentThread()) {
            return here();
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (!isOurs(frame.getClassName())) {
                return cut(frame.toString());
            }
        }
        return "";
    }

    private static boolean isOurs(String owner) {
        return owner.startsWith("io.rowlock.internal.")
                || owner.equals("io.rowlock.lease.Leases")
                || owner.startsWith("java.")
                || owner.startsWith("jdk.")
                || owner.startsWith("sun.");
    }

    private static String cut(String text) {
        return text.length() <= SITE_MAX ? text : text.substring(0, SITE_MAX);
    }

    static String processName() {
        return hostName() + "/" + ProcessHandle.current().pid();
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.length() <= 100 ? name : name.substring(0, 100);
        } catch (UnknownHostException nameless) {
            return "host";
        }
    }

    /** A thread of this process, told apart from one of the same name. */
    static String threadName() {
        Thread thread = Thread.currentThread();
        String text = ProcessHandle.current().pid() + "/" + thread.getName() + "#" + threadId(thread);
        return text.length() <= 100 ? text : text.substring(text.length() - 100);
    }

    @SuppressWarnings("deprecation") // threadId() came with 19
    private static long threadId(Thread thread) {
        return thread.getId();
    }
}
