package io.rowlock.app.mastery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The model against one that is computed by the definition each time, from all it was ever given, at the cost of d³. */
class LinUcbGoldenTest {
    private static final int D = LinUcb.DIMENSION;
    private static final int UPDATES = 10_000;
    private static final double RELATIVE = 1e-9;

    /** A, b and what follows of them, by elimination. */
    private static final class Reference {
        final double[][] a;
        final double[] b;
        final double alpha;

        Reference(int d, double lambda, double alpha) {
            this.a = new double[d][d];
            this.b = new double[d];
            this.alpha = alpha;
            for (int i = 0; i < d; i++) {
                a[i][i] = lambda;
            }
        }

        void update(double[] x, double r) {
            for (int i = 0; i < x.length; i++) {
                b[i] += r * x[i];
                for (int j = 0; j < x.length; j++) {
                    a[i][j] += x[i] * x[j];
                }
            }
        }

        double[] theta() {
            return solved(b);
        }

        double score(double[] x) {
            return dot(x, theta()) + alpha * Math.sqrt(dot(x, solved(x)));
        }

        /** Gauss, with the largest pivot of each column. */
        private double[] solved(double[] right) {
            int d = right.length;
            double[][] m = new double[d][];
            for (int i = 0; i < d; i++) {
                m[i] = java.util.Arrays.copyOf(a[i], d + 1);
                m[i][d] = right[i];
            }
            for (int column = 0; column < d; column++) {
                int pivot = column;
                for (int i = column + 1; i < d; i++) {
                    pivot = Math.abs(m[i][column]) > Math.abs(m[pivot][column]) ? i : pivot;
                }
                double[] swapped = m[column];
                m[column] = m[pivot];
                m[pivot] = swapped;
                for (int i = column + 1; i < d; i++) {
                    double factor = m[i][column] / m[column][column];
                    for (int j = column; j <= d; j++) {
                        m[i][j] -= factor * m[column][j];
                    }
                }
            }
            double[] x = new double[d];
            for (int i = d - 1; i >= 0; i--) {
                double sum = m[i][d];
                for (int j = i + 1; j < d; j++) {
                    sum -= m[i][j] * x[j];
                }
                x[i] = sum / m[i][i];
            }
            return x;
        }

        private static double dot(double[] x, double[] y) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += x[i] * y[i];
            }
            return sum;
        }
    }

    private static double[] random(SplittableRandom random, int d) {
        double[] x = random.doubles(d, -1.5, 1.5).toArray();
        x[d - 1] = 1;
        return x;
    }

    @Test
    void tenThousandUpdatesAreWhatTheDefinitionSays() {
        long seed = 20_261_130;
        SplittableRandom random = new SplittableRandom(seed);
        LinUcb model = LinUcb.fresh();
        Reference reference = new Reference(D, 1, 1);
        for (int update = 1; update <= UPDATES; update++) {
            double[] x = random(random, D);
            double reward = random.nextDouble(-1, 1);
            assertThat(model.update(FeatureVector.of(x), reward)).isTrue();
            reference.update(x, reward);
            if (update <= 50 || update % 500 == 0) {
                agree(model, reference, random, "seed=" + seed + ", update=" + update);
            }
        }
        assertThat(model.updateCount()).isEqualTo(UPDATES);
    }

    private static void agree(LinUcb model, Reference reference, SplittableRandom random, String where) {
        double[] a = model.matrix();
        for (int i = 0; i < D; i++) {
            close(model.vector()[i], reference.b[i], where);
            for (int j = 0; j < D; j++) {
                close(a[i * D + j], reference.a[i][j], where);
            }
        }
        double[] theta = reference.theta();
        for (int i = 0; i < D; i++) {
            close(model.theta()[i], theta[i], where);
        }
        for (int i = 0; i < 5; i++) {
            double[] x = random(random, D);
            close(model.score(FeatureVector.of(x)), reference.score(x), where);
        }
        double[] l = model.factorRows();
        for (int i = 0; i < D; i++) {
            assertThat(l[i * D + i]).as(where).isPositive();
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k <= j; k++) {
                    sum += l[i * D + k] * l[j * D + k];
                }
                close(sum, reference.a[i][j], where);
            }
        }
    }

    /** Relative to the number, or to 1 where that is smaller: sums of random signs come close to zero. */
    private static void close(double actual, double expected, String where) {
        assertThat(actual).as(where).isCloseTo(expected, Offset.offset(RELATIVE * Math.max(1, Math.abs(expected))));
    }

    @Test
    void aFactorIsLostToNothing() {
        SplittableRandom random = new SplittableRandom(7);
        LinUcb model = LinUcb.fresh(D, 0, 1);
        double[] same = random(random, D);
        for (int i = 0; i < 20_000; i++) {
            // The worst for a factor: always the same, as large as may be, now and then almost the same.
            double[] x = same.clone();
            for (int j = 0; j < D; j++) {
                x[j] *= 1000;
            }
            if (i % 97 == 0) {
                x[i % D] += 1e-9;
            }
            assertThat(model.update(FeatureVector.of(x), 1)).isTrue();
        }
        assertThat(model.lambda()).isEqualTo(LinUcb.LAMBDA_MIN);
        for (int i = 0; i < D; i++) {
            assertThat(model.factorRows()[i * D + i]).isPositive();
        }
        assertThat(model.score(FeatureVector.of(random(random, D)))).isFinite();
        LinUcb back = LinUcb.of(D, model.lambda(), 1, model.updateCount(), model.bytes());
        for (double value : back.theta()) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void whatIsNotFiniteIsNeverStored() {
        LinUcb model = LinUcb.fresh();
        List<Double> strange = List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300, -1e300);
        byte[] before = model.bytes();
        for (double reward : strange.subList(0, 3)) {
            assertThat(model.update(FeatureVector.of(new double[D]), reward)).isFalse();
        }
        assertThat(model.bytes()).isEqualTo(before);
        assertThat(model.updateCount()).isZero();

        int updates = 0;
        for (double value : strange) {
            for (int i = 0; i < D; i++) {
                double[] x = new double[D];
                x[i] = value;
                assertThat(model.update(FeatureVector.of(x), value > 0 ? 1e300 : 0.5))
                        .isTrue();
                updates++;
            }
        }
        assertThat(model.updateCount()).isEqualTo(updates);
        for (double number : model.matrix()) {
            assertThat(number).isFinite();
        }
        for (double number : model.vector()) {
            assertThat(Math.abs(number)).isLessThanOrEqualTo(2 * FeatureVector.LIMIT);
        }
        assertThat(model.matrix()[0]).as("1e300 is cut at 50").isEqualTo(1 + 2 * 50.0 * 50.0);
    }

    @Test
    void whatIsStoredComesBack() {
        SplittableRandom random = new SplittableRandom(3);
        LinUcb model = LinUcb.fresh(D, 2.5, 0.7);
        for (int i = 0; i < 40; i++) {
            assertThat(model.update(FeatureVector.of(random(random, D)), random.nextDouble(-1, 1)))
                    .isTrue();
        }

        LinUcb back = LinUcb.of(D, model.lambda(), model.alpha(), model.updateCount(), model.bytes());

        assertThat(back.bytes()).isEqualTo(model.bytes());
        assertThat(back.updateCount()).isEqualTo(40);
        assertThat(back.alpha()).isEqualTo(0.7);
        double[] theta = model.theta();
        for (int i = 0; i < D; i++) {
            close(back.theta()[i], theta[i], "feature " + i);
        }
        assertThatThrownBy(() -> LinUcb.of(D, 1, 1, 0, new byte[8])).hasMessageContaining("bytes=8");
        byte[] notANumber = LinUcb.fresh().bytes();
        java.nio.ByteBuffer.wrap(notANumber).putDouble(0, Double.NaN);
        assertThatThrownBy(() -> LinUcb.of(D, 1, 1, 0, notANumber)).hasMessageContaining("finite");
        byte[] notPositive = LinUcb.fresh().bytes();
        java.nio.ByteBuffer.wrap(notPositive).putDouble(0, -1);
        assertThatThrownBy(() -> LinUcb.of(D, 1, 1, 0, notPositive)).hasMessageContaining("positive definite");
    }

    /** Version 1 of the features had twelve: what was learned of them stays, and what is new is not known. */
    @Test
    void aSmallerModelGrows() {
        SplittableRandom random = new SplittableRandom(12);
        LinUcb small = LinUcb.fresh(12, 1, 1);
        Reference reference = new Reference(12, 1, 1);
        for (int i = 0; i < 30; i++) {
            double[] x = random(random, 12);
            assertThat(small.update(FeatureVector.of(x), 0.5)).isTrue();
            reference.update(x, 0.5);
        }

        LinUcb grown = LinUcb.of(12, small.lambda(), small.alpha(), small.updateCount(), small.bytes());

        assertThat(grown.dimension()).isEqualTo(D);
        assertThat(grown.updateCount()).isEqualTo(30);
        double[] x = random(random, 12);
        close(grown.score(FeatureVector.of(x).resized(D)), reference.score(x), "the twelve");
        double[] unknown = new double[D];
        unknown[D - 1] = 1;
        assertThat(grown.score(FeatureVector.of(unknown))).isEqualTo(1);
        LinUcb larger = LinUcb.fresh(D + 1, 1, 1);
        assertThat(larger.update(FeatureVector.of(new double[D + 1]), 1)).isTrue();
        assertThat(LinUcb.of(D + 1, 1, 1, 1, larger.bytes()).updateCount()).isZero();
    }

    @Test
    void aCopyLearnsForItself() {
        LinUcb model = LinUcb.fresh();
        List<byte[]> seen = new ArrayList<>();
        LinUcb copy = model.copy();
        seen.add(model.bytes());
        assertThat(copy.update(FeatureVector.of(random(new SplittableRandom(1), D)), 1))
                .isTrue();

        assertThat(model.bytes()).isEqualTo(seen.get(0));
        assertThat(copy.bytes()).isNotEqualTo(seen.get(0));
        assertThatThrownBy(() -> copy.update(FeatureVector.of(1, 2), 1)).hasMessageContaining("size=2");
    }
}
