package io.rowlock.app.lottery;

/** What shares cost. */
enum Tariff {
    /** Their price. */
    PLAIN,
    /** 5 % less from five shares on, 10 % less for ten; rounded half up, once, on the whole. */
    BULK,
    /** Nothing: they are paid with free plays. */
    FREE;

    Money cost(Money pricePerShare, int quantity) {
        Money whole = pricePerShare.times(quantity);
        return switch (this) {
            case PLAIN -> whole;
            case BULK -> whole.percent(quantity >= 10 ? 90 : quantity >= 5 ? 95 : 100);
            case FREE -> Money.ZERO;
        };
    }

    ParticipationType participation() {
        return this == FREE ? ParticipationType.FREE : ParticipationType.PAID;
    }
}
