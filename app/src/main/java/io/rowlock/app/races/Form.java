package io.rowlock.app.races;

/** In which form an operation is written. */
public enum Form {
    /** As it is mostly written first: the fault shows. */
    NAIVE,
    /** As it was repaired by those who first had the fault, where it still shows. */
    PUBLISHED,
    /** As the service does it that {@code serve} runs. */
    GUARDED
}
