package io.rowlock.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Waits for what Redis says, within a bound, and reads it. */
final class Replies {
    private static final String LATE = "no answer in time";

    private Replies() {}

    /** Redis said no. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String why;

        Refused(String why, @Nullable Throwable cause) {
            super(why, cause);
            this.why = why;
        }

        String why() {
            return why;
        }

        boolean isUnknownScript() {
            return why.startsWith("NOSCRIPT");
        }

        /** Whether the key's slot is elsewhere, half elsewhere, or nowhere. */
        boolean isOfAnotherMap() {
            return Stream.of("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN").anyMatch(why::startsWith);
        }
    }

    /** Redis said nothing, or not in time. */
    static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String why;

        Missing(String why, @Nullable Throwable cause) {
            super(why, cause);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    /** Waits, interrupted or not: a step that nobody waits for is done all the same, and the bound is short. */
    static <R> R await(Future<R> future, long deadlineNanos) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            if (cause instanceof RedisCommandExecutionException no) {
                throw new Refused(said(no), cause);
            }
            throw new Missing(reason(cause), cause);
        } catch (TimeoutException late) {
            throw new Missing(LATE, late);
        } catch (CancellationException given) {
            throw new Missing("connection given up", given);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What Redis said, without what it repeats of a command: that may be a password or a value. */
    private static String said(RedisCommandExecutionException no) {
        return String.valueOf(no.getMessage()).replaceFirst(", with args.*", "");
    }

    /** Of what Lettuce wraps, the part that says what is wrong. */
    private static String reason(Throwable failed) {
        Throwable last = failed;
        for (Throwable one = failed; one != null; one = one.getCause()) {
            if (one instanceof RedisCommandTimeoutException) {
                return LATE;
            }
            if (one instanceof RedisCommandExecutionException no) {
                return said(no);
            }
            if (one instanceof CertificateException certificate) {
                return "its certificate is not accepted: " + certificate.getMessage();
            }
            if (one instanceof UnrecoverableKeyException) {
                return "the password of the trust store is wrong";
            }
            last = one;
        }
        return last.getClass().getSimpleName();
    }

    static long deadline(Duration from) {
        return System.nanoTime() + from.toNanos();
    }

    private static Object at(List<Object> reply, int index) {
        if (index >= reply.size() || reply.get(index) == null) {
            throw new Missing("an answer of another kind", null);
        }
        return reply.get(index);
    }

    static int number(List<Object> reply, int index) {
        return at(reply, index) instanceof Long number ? (int) Math.min(Integer.MAX_VALUE, number) : -1;
    }

    static byte[] bytes(List<Object> reply, int index) {
        if (at(reply, index) instanceof byte[] bytes) {
            return bytes;
        }
        throw new Missing("an answer of another kind", null);
    }

    static long parsed(List<Object> reply, int index) {
        try {
            return Long.parseLong(new String(bytes(reply, index), StandardCharsets.UTF_8));
        } catch (NumberFormatException other) {
            throw new Missing("an answer of another kind", other);
        }
    }
}
