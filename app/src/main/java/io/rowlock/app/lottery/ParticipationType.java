package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What shares were bought with. */
enum ParticipationType {
    @JsonProperty("paid")
    PAID,
    @JsonProperty("free")
    FREE
}
