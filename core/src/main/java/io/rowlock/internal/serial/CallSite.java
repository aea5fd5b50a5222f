package io.rowlock.internal.serial;

/** Where a thread is, outside of Rowlock and the JDK, read from its live stack: costs nothing until somebody asks. */
final class CallSite {
    private CallSite() {}

    static String of(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String owner = frame.getClassName();
            boolean ours = owner.startsWith("io.rowlock.internal.");
            boolean jdk = owner.startsWith("java.") || owner.startsWith("jdk.") || owner.startsWith("sun.");
            if (!ours && !jdk) {
                return frame.toString();
            }
        }
        return "";
    }
}
