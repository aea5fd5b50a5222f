package io.rowlock.app.mastery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rowlock.app.mastery.model.Strategy;
import java.util.function.Function;

/** What became of an answer. */
sealed interface Processed {

    /**
     * It was decided on, and that is stored.
     *
     * @param repeated whether an earlier request with the same event id has done so
     */
    record Recorded(Given given, boolean repeated) implements Processed {}

    /** Its id was used for another answer; nothing is stored. */
    record Reused(Refusal.EventIdReused why) implements Processed {}

    /** There is no decision, and this is what the user gets so as to go on. Nothing is stored, unless that is unknown. */
    record Fallback(Why why, Strategy strategy) implements Processed {}

    /** Why there was no decision. */
    enum Why {
        /** Nothing can be learned from it. */
        @JsonProperty("anomaly")
        ANOMALY,
        /** Lately too many have failed; for a moment nothing is tried. */
        @JsonProperty("circuit_open")
        CIRCUIT_OPEN,
        /** Others worked on this learner for too long. */
        @JsonProperty("lock_timeout")
        LOCK_TIMEOUT,
        /** It took too long, and was broken off before anything was stored. */
        @JsonProperty("decision_timeout")
        DECISION_TIMEOUT,
        /** Too many changed the same. */
        @JsonProperty("contention")
        CONTENTION,
        /** The database failed. */
        @JsonProperty("database")
        DATABASE,
        /** The connection broke during the commit, and again when that was asked for: whoever sends it again under its id is told. */
        @JsonProperty("outcome_unknown")
        OUTCOME_UNKNOWN
    }

    /** One function per case; all must be given. */
    default <R> R fold(
            Function<? super Recorded, ? extends R> recorded,
            Function<? super Reused, ? extends R> reused,
            Function<? super Fallback, ? extends R> fallback) {
        if (this instanceof Recorded r) {
            return recorded.apply(r);
        }
        return this instanceof Reused r ? reused.apply(r) : fallback.apply((Fallback) this);
    }
}
