package io.rowlock.app.sync;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a session is about. Accounts are what this service syncs; the other names are those that the tables admit. */
enum SyncCategory implements Named {
    @JsonProperty("account")
    ACCOUNT,
    @JsonProperty("capacity")
    CAPACITY,
    @JsonProperty("config")
    CONFIG,
    @JsonProperty("aggregation")
    AGGREGATION,
    @JsonProperty("other")
    OTHER
}
