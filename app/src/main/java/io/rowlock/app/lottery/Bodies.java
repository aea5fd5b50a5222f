package io.rowlock.app.lottery;

/** What the JSON bodies of the lottery have in common. "is missing" is said of all alike; messages say what has to stand there. */
final class Bodies {
    /** Text without control characters and half characters, which not every database can store. */
    static final String TEXT = "[^\\p{Cntrl}\\p{Cs}]*";

    static final int LIMIT_MAX = 500;
    static final String LIMIT = "a whole number from 1 to 500";

    static final String SAMPLE_ID = "00000000-0000-4000-8000-000000000001";
    static final String SAMPLE_ROUND = "00000000-0000-4000-8000-000000000201";

    private Bodies() {}
}
