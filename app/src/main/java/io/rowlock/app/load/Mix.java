package io.rowlock.app.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What is asked for, and how often: the one place where the mix is written down.
 *
 * <p>Weights are shares of the whole; a step whose route the service does not have is left out and the others take its
 * place.
 */
final class Mix {
    /** Users, the first of which are hot and one of which is poor. */
    static final int USERS = 32;

    static final int HOT_USERS = 2;
    /** In percent: how many requests go to one of the hot users. */
    static final int HOT_USER_PERCENT = 30;
    /** The user who has too little, so that some requests are refused by a rule. */
    static final int POOR_USER = HOT_USERS;

    static final String FUNDS = "10000.00";
    static final String POOR_FUNDS = "25.00";

    /** Shares of the rounds on sale, one product each; the first is the hot one. */
    static final List<Integer> ROUND_SHARES = List.of(100, 50, 500, 1000);

    /** In percent: how many purchases go to the hot round. */
    static final int HOT_ROUND_PERCENT = 50;

    static final int STOCK = 1_000_000;

    /** In percent: requests whose key is sent twice at the same time, and such whose key is sent again after the answer. */
    static final int TWICE_AT_ONCE_PERCENT = 5;

    static final int AGAIN_AFTERWARDS_PERCENT = 5;

    /** In percent: how many of the conditional changes name a version that has surely passed. */
    static final int STALE_PERCENT = 40;

    static final int BATCH_ITEMS = 8;

    /** In percent: payments that the provider reports as failed. */
    static final int PAYMENT_FAILED_PERCENT = 10;

    /** One kind of request. */
    enum Step implements Kind {
        PURCHASE(24, "POST /participations"),
        PURCHASE_FREE(4, "POST /participations"),
        PURCHASE_BULK(6, "POST /participations/bulk"),
        PURCHASE_QUICK(6, "POST /participations/quick"),
        ADD(8, "POST /users/{}/balances/{}"),
        DEDUCT(8, "POST /users/{}/balances/{}"),
        CHANGE_IF_MATCH(5, "POST /users/{}/balances/{}"),
        TRANSFER(4, "POST /users/{}/transfer"),
        BATCH(3, "POST /balances/batch"),
        RECHARGE(4, "POST /recharges"),
        PAYMENT(5, "POST /payments"),
        ORDER(4, "POST /orders"),
        ORDER_MOVE(5, "PUT /orders/{}/status"),
        ORDER_CANCEL(2, "PUT /orders/{}/status"),
        FREE_RESET(2, "POST /users/{}/free-count/reset"),
        DRAW(2, "POST /rounds/{}/draw"),
        READ_USER(3, "GET /users/{}"),
        READ_ROUND(3, "GET /rounds/{}"),
        READ_TRANSACTIONS(2, "GET /users/{}/transactions"),
        /** When a round has sold out, and before the clients start; not by chance. */
        OPEN_ROUND(0, "POST /rounds"),
        CREATE_USER(0, "POST /users"),
        CREATE_PRODUCT(0, "POST /products");

        private final int weight;
        private final String route;

        Step(int weight, String route) {
            this.weight = weight;
            this.route = route;
        }

        @Override
        public String route() {
            return route;
        }

        @Override
        public boolean countsByItself() {
            // By the provider's id of the payment.
            return this == PAYMENT;
        }

        @Override
        public boolean isAnsweredInParts() {
            return this == BATCH;
        }
    }

    private final List<Step> drawn = new ArrayList<>();
    private final List<Step> leftOut = new ArrayList<>();

    /** @param routes what the service has, written as {@link Step#route} */
    Mix(Set<String> routes) {
        for (Step step : Step.values()) {
            if (!routes.contains(step.route)) {
                leftOut.add(step);
                continue;
            }
            for (int i = 0; i < step.weight; i++) {
                drawn.add(step);
            }
        }
    }

    Step next(SplittableRandom random) {
        return drawn.get(random.nextInt(drawn.size()));
    }

    /** What the service has no route for. */
    List<Step> leftOut() {
        return List.copyOf(leftOut);
    }

    boolean has(Kind kind) {
        return !leftOut.contains(kind);
    }

    /** Whether a request is sent again, and when. */
    static Call.Repeat repeat(SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < TWICE_AT_ONCE_PERCENT) {
            return Call.Repeat.AT_ONCE;
        }
        return percent < TWICE_AT_ONCE_PERCENT + AGAIN_AFTERWARDS_PERCENT ? Call.Repeat.AFTERWARDS : Call.Repeat.NO;
    }
}
