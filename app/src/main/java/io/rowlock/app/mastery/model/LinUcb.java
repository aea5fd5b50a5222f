package io.rowlock.app.mastery.model;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.jspecify.annotations.Nullable;

/**
 * A linear contextual bandit with upper confidence bounds: ridge regression of rewards on features, and how sure it is.
 *
 * <p>It keeps A = λI + Σxx' and b = Σrx over all updates. The estimate is θ = A⁻¹b; an action with features x is rated x·θ +
 * α√(x'A⁻¹x).
 *
 * <p><b>Promise.</b> A and b are the sums of what was given to {@link #update}, {@link #updateCount} is how many there were, and A is
 * positive definite. What is not finite is never stored: such a reward is no update, such a feature counts as 0. Features are cut at ±50,
 * rewards at ±1.
 *
 * <p><b>The factor.</b> Equations are solved with the lower triangle L of A = LL', which follows each update at the cost of d² instead
 * of d³. It can be computed from A, so it is not stored. Should rounding ever spoil it, it is computed anew; the library that does that
 * has no update of a factor by one vector, which is the dozen lines in {@link #follow}.
 *
 * <p>One thread at a time.
 */
public final class LinUcb {
    /** Of {@link Features#VERSION}. */
    public static final int DIMENSION = Features.LABELS.size();

    /** The least λ. */
    public static final double LAMBDA_MIN = 1e-3;

    private static final double DEFAULT_LAMBDA = 1;
    private static final double DEFAULT_ALPHA = 1;

    /** What stands on the diagonal of a factor at the least. */
    private static final double DIAGONAL_MIN = 1e-6;

    private final int d;
    private final double lambda;
    private final double alpha;
    private final DMatrixRMaj a;
    private final double[] b;
    private final DMatrixRMaj l;
    private long updateCount;
    private double @Nullable [] theta;

    private LinUcb(double lambda, double alpha, long updateCount, DMatrixRMaj a, double[] b, DMatrixRMaj l) {
        this.d = b.length;
        this.lambda = lambda;
        this.alpha = alpha;
        this.updateCount = updateCount;
        this.a = a;
        this.b = b;
        this.l = l;
    }

    /** One that has learned nothing. */
    public static LinUcb fresh() {
        return fresh(DIMENSION, DEFAULT_LAMBDA, DEFAULT_ALPHA);
    }

    /**
     * One that has learned nothing.
     *
     * @param d how many features
     * @param lambda how strongly it holds on to knowing nothing, {@value #LAMBDA_MIN} at the least
     * @param alpha how much not knowing is worth
     */
    public static LinUcb fresh(int d, double lambda, double alpha) {
        double sane = Math.max(LAMBDA_MIN, Double.isFinite(lambda) ? lambda : DEFAULT_LAMBDA);
        DMatrixRMaj a = CommonOps_DDRM.identity(d);
        CommonOps_DDRM.scale(sane, a);
        DMatrixRMaj l = CommonOps_DDRM.identity(d);
        CommonOps_DDRM.scale(Math.sqrt(sane), l);
        return new LinUcb(sane, alpha, 0, a, new double[d], l);
    }

    /**
     * As it was stored: the lower triangle of A row by row, then b; eight bytes for each number, the most significant first. One with
     * fewer features than are used now grows, its new ones having learned nothing; one with more cannot be used, and begins anew.
     *
     * @throws IllegalArgumentException if the bytes are no such numbers, or A is not positive definite
     */
    public static LinUcb of(int d, double lambda, double alpha, long updateCount, byte[] stored) {
        if (stored.length != (d * (d + 1) / 2 + d) * Double.BYTES) {
            throw new IllegalArgumentException("A model has " + (d * (d + 1) / 2 + d)
                    + " numbers of eight bytes (bytes=" + stored.length + ", d=" + d + ")");
        }
        if (d > DIMENSION) {
            return fresh();
        }
        DoubleBuffer numbers = ByteBuffer.wrap(stored).asDoubleBuffer();
        LinUcb grown = fresh(DIMENSION, lambda, alpha);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                double value = finite(numbers.get());
                grown.a.set(i, j, value);
                grown.a.set(j, i, value);
            }
        }
        for (int i = 0; i < d; i++) {
            grown.b[i] = finite(numbers.get());
        }
        grown.updateCount = updateCount;
        if (!grown.factor()) {
            throw new IllegalArgumentException("A model's matrix is positive definite");
        }
        return grown;
    }

    private static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("A model has finite numbers (value=" + value + ")");
        }
        return value;
    }

    /** As it is stored. */
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate((d * (d + 1) / 2 + d) * Double.BYTES);
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                bytes.putDouble(a.get(i, j));
            }
        }
        for (double value : b) {
            bytes.putDouble(value);
        }
        return bytes.array();
    }

    /** Another one that has learned the same. */
    public LinUcb copy() {
        return new LinUcb(lambda, alpha, updateCount, a.copy(), b.clone(), l.copy());
    }

    /** The same, with another worth of not knowing. */
    LinUcb withAlpha(double alpha) {
        return new LinUcb(lambda, alpha, updateCount, a.copy(), b.clone(), l.copy());
    }

    /**
     * Learns what an action was worth.
     *
     * @param x of the action that was taken
     * @param reward cut at ±1
     * @return whether there was something to learn: a reward that is not finite is none
     * @throws IllegalArgumentException if the vector has another length
     */
    public boolean update(FeatureVector x, double reward) {
        requireLength(x);
        if (!Double.isFinite(reward)) {
            return false;
        }
        double r = Numbers.clamp(reward, -1, 1);
        double[] values = x.values();
        for (int i = 0; i < d; i++) {
            b[i] += r * values[i];
            for (int j = 0; j < d; j++) {
                a.add(i, j, values[i] * values[j]);
            }
        }
        updateCount++;
        theta = null;
        if (!follow(values) && !factor()) {
            // Rounding has outweighed λ, which takes sums beyond 10^15: no such factor is exact any more, and this one
            // solves.
            DMatrixRMaj lifted = a.copy();
            for (int i = 0; i < d; i++) {
                lifted.set(i, i, lifted.get(i, i) * (1 + DIAGONAL_MIN));
            }
            if (!factor(lifted)) {
                throw new IllegalStateException("A model's matrix has no factor (updateCount=" + updateCount + ")");
            }
        }
        return true;
    }

    /**
     * Makes of the factor of A that of A + xx', by rotations that take x into it, a column each.
     *
     * @param x is used up
     * @return false if that went wrong: the factor has to be computed anew
     */
    private boolean follow(double[] x) {
        double[] data = l.data;
        for (int k = 0; k < d; k++) {
            double diagonal = data[k * d + k];
            double length = Math.hypot(diagonal, x[k]);
            double cos = length / diagonal;
            double sin = x[k] / diagonal;
            if (!(length >= DIAGONAL_MIN) || !Double.isFinite(cos) || !Double.isFinite(sin)) {
                return false;
            }
            data[k * d + k] = length;
            for (int i = k + 1; i < d; i++) {
                data[i * d + k] = (data[i * d + k] + sin * x[i]) / cos;
                x[i] = cos * x[i] - sin * data[i * d + k];
            }
        }
        return true;
    }

    private boolean factor() {
        return factor(a.copy());
    }

    /** @param matrix is used up */
    private boolean factor(DMatrixRMaj matrix) {
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(d, true);
        if (!cholesky.decompose(matrix)) {
            return false;
        }
        l.setTo(cholesky.getT(null));
        for (int i = 0; i < d; i++) {
            if (!(l.get(i, i) >= DIAGONAL_MIN)) {
                return false;
            }
        }
        return true;
    }

    /** How good an action is thought to be, and how little that is known. */
    public double score(FeatureVector x) {
        return score(x, alpha);
    }

    double score(FeatureVector x, double alpha) {
        return estimate(x) + alpha * uncertainty(x);
    }

    /** The reward that is expected: x·θ. */
    public double estimate(FeatureVector x) {
        requireLength(x);
        double[] t = theta();
        double[] values = x.values();
        double sum = 0;
        for (int i = 0; i < d; i++) {
            sum += values[i] * t[i];
        }
        return sum;
    }

    /** How little is known of an action: √(x'A⁻¹x). */
    public double uncertainty(FeatureVector x) {
        requireLength(x);
        // x'A⁻¹x is the square of the length of L⁻¹x.
        double[] z = x.values();
        TriangularSolver_DDRM.solveL(l.data, z, d);
        double squares = 0;
        for (double value : z) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    /** The estimate: what each feature contributes to a reward. */
    public double[] theta() {
        double[] t = theta;
        if (t == null) {
            t = b.clone();
            TriangularSolver_DDRM.solveL(l.data, t, d);
            TriangularSolver_DDRM.solveTranL(l.data, t, d);
            theta = t;
        }
        return t.clone();
    }

    public int dimension() {
        return d;
    }

    public double lambda() {
        return lambda;
    }

    public double alpha() {
        return alpha;
    }

    /** How often something was learned. */
    public long updateCount() {
        return updateCount;
    }

    /** A, row by row. */
    double[] matrix() {
        return Arrays.copyOf(a.data, d * d);
    }

    /** b. */
    double[] vector() {
        return b.clone();
    }

    /** L, row by row. */
    double[] factorRows() {
        return Arrays.copyOf(l.data, d * d);
    }

    private void requireLength(FeatureVector x) {
        if (x.size() != d) {
            throw new IllegalArgumentException("A vector of another length (size=" + x.size() + ", d=" + d + ")");
        }
    }
}
