package io.rowlock.watch;

/**
 * What a {@link RaceRecorder} keeps. When a bound is reached the program goes on untouched, and what is left out is counted.
 *
 * @param stepsMax steps that are kept, 100,000 unless told: about a hundred megabytes with short rows. Later ones are dropped;
 *     0 keeps none
 * @param rowsMax rows of each answer that are kept, 100 unless told: enough for the keys of a decision. 0 keeps none
 * @param framesMax frames of a call site that are kept, 8 unless told. 0 records no call sites, which is faster
 * @param values whether values are kept as they are, which is so unless told. Otherwise each is replaced by the first 64 bits of
 *     a keyed hash, with a key that is made for the recorder and never shown: equal values stay equal, and that is all that can
 *     be told of them; they cannot be ordered. Values that are written in the SQL text stay there
 */
public record RecorderOptions(int stepsMax, int rowsMax, int framesMax, boolean values) {

    private static final RecorderOptions DEFAULTS = new RecorderOptions(100_000, 100, 8, true);

    /**
     * As above.
     *
     * @throws IllegalArgumentException if a bound is negative
     */
    public RecorderOptions {
        if (stepsMax < 0 || rowsMax < 0 || framesMax < 0) {
            throw new IllegalArgumentException("A bound is negative (stepsMax=%d, rowsMax=%d, framesMax=%d)"
                    .formatted(stepsMax, rowsMax, framesMax));
        }
    }

    /** What is kept unless told. */
    public static RecorderOptions defaults() {
        return DEFAULTS;
    }

    /** With another bound for steps. */
    public RecorderOptions withStepsMax(int steps) {
        return new RecorderOptions(steps, rowsMax, framesMax, values);
    }

    /** With another bound for the rows of an answer. */
    public RecorderOptions withRowsMax(int rows) {
        return new RecorderOptions(stepsMax, rows, framesMax, values);
    }

    /** With another bound for the frames of a call site. */
    public RecorderOptions withFramesMax(int frames) {
        return new RecorderOptions(stepsMax, rowsMax, frames, values);
    }

    /** With hashes in place of values. */
    public RecorderOptions withoutValues() {
        return new RecorderOptions(stepsMax, rowsMax, framesMax, false);
    }
}
