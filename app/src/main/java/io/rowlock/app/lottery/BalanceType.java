package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The balances of a user. Each has a version of its own, so that changes of one never meet changes of another. */
enum BalanceType {
    @JsonProperty("balance")
    BALANCE,
    @JsonProperty("platform_balance")
    PLATFORM_BALANCE,
    @JsonProperty("lucky_coins")
    LUCKY_COINS
}
