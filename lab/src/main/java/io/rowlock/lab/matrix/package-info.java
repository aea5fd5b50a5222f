/**
 * One scenario at many places, in many forms: {@link io.rowlock.lab.matrix.Matrix}. With one form it says where a race shows; with
 * several it says which repair helps, and what it costs.
 */
@NullMarked
package io.rowlock.lab.matrix;

import org.jspecify.annotations.NullMarked;
