package io.rowlock.app.mastery.model;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a decision was made on, as numbers. Finite, whoever makes one: what is not becomes 0, and what is too large is cut at ±50.
 * Immutable.
 */
public final class FeatureVector {
    static final double LIMIT = 50;

    private final double[] values;

    private FeatureVector(double[] values) {
        this.values = values;
    }

    /** Of these values, made sane. */
    public static FeatureVector of(double... values) {
        double[] sane = values.clone();
        for (int i = 0; i < sane.length; i++) {
            sane[i] = Numbers.sane(sane[i], 0, -LIMIT, LIMIT);
        }
        return new FeatureVector(sane);
    }

    /**
     * As it was stored: eight bytes for each value, the most significant first.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static FeatureVector of(byte[] stored) {
        if (stored.length % Double.BYTES != 0) {
            throw new IllegalArgumentException("A vector has eight bytes for each value (bytes=" + stored.length + ")");
        }
        double[] values = new double[stored.length / Double.BYTES];
        ByteBuffer.wrap(stored).asDoubleBuffer().get(values);
        return of(values);
    }

    /** As it is stored. */
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }

    /** How many values it has. */
    public int size() {
        return values.length;
    }

    /** The values. */
    public double[] values() {
        return values.clone();
    }

    /** The vector with so many values: cut, or filled up with zeros. */
    public FeatureVector resized(int size) {
        return size == values.length ? this : new FeatureVector(Arrays.copyOf(values, size));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureVector vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
