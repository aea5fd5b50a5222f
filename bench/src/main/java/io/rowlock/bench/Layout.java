package io.rowlock.bench;

/**
 * How the threads are spread over instances of a client, each of which has its own pool and knows nothing of the others.
 *
 * @param instances how many, at most as many as threads
 */
record Layout(int instances, int threads) {

    Layout {
        if (instances < 1 || instances > threads) {
            throw new IllegalArgumentException(
                    "An instance needs a thread (instances=" + instances + ", threads=" + threads + ")");
        }
    }

    /** The instance that a thread belongs to. */
    int of(int thread) {
        return thread % instances;
    }

    /** The most threads that one instance has. */
    int threadsEach() {
        return (threads + instances - 1) / instances;
    }
}
