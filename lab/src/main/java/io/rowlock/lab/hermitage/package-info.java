/**
 * What isolation levels prevent, after Hermitage: small cases, each of which brings about one phenomenon where the level lets
 * it happen.
 *
 * <p>{@link io.rowlock.lab.hermitage.HermitageRun} plays the cases on a database, at every level, or a file of Hermitage as
 * it is; {@link io.rowlock.lab.hermitage.HermitageReport} is what came of it.
 *
 * <p>The cases are those of Martin Kleppmann's <a href="https://github.com/ept/hermitage">Hermitage</a>, CC BY 4.0,
 * transcribed so that one text serves every level and engine; what they are judged by is ours.
 */
package io.rowlock.lab.hermitage;
