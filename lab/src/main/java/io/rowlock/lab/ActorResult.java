package io.rowlock.lab;

/** How an actor ended. Two are equal if a caller could not tell them apart. */
public sealed interface ActorResult {

    /**
     * It returned.
     *
     * @param value what, as text
     */
    record Returned(String value) implements ActorResult {
        @Override
        public String toString() {
            return value;
        }
    }

    /**
     * It threw.
     *
     * @param what the simple name of the exception's class, or what the scenario calls it
     * @param contention whether it lost against others and may be tried again: a serialization failure, a deadlock, a lock
     *     that was not had. Then nothing of it may have had an effect
     */
    record Threw(String what, boolean contention) implements ActorResult {
        @Override
        public String toString() {
            return "threw " + what;
        }
    }

    /** It crashed, as the schedule wanted: whether its last transaction was stored depends on where. */
    record Crashed() implements ActorResult {
        @Override
        public String toString() {
            return "crashed";
        }
    }
}
