package io.rowlock.watch.jdbc;

/** Throws a checked exception where none is declared. */
final class Sneaky {

    private Sneaky() {}

    /** Never returns; the type lets the caller write {@code throw}. */
    static RuntimeException thrown(Throwable throwable) {
        return Sneaky.<RuntimeException, RuntimeException>any(throwable);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable, R> R any(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
