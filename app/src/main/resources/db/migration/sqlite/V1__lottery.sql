-- Lottery: users and their balances, products, rounds, participations, orders, ledger.
--
-- Money is whole cents. Enumerations are stored by name. Each column "..._version" counts the changes of the columns
-- it stands behind; "version" counts those of the rest of its row.
-- Ids and times are text, as Rowlock writes them.

CREATE TABLE users (
    id                       TEXT    NOT NULL PRIMARY KEY,
    telegram_id              TEXT    NOT NULL,
    balance_cents            INTEGER NOT NULL DEFAULT 0,
    total_spent_cents        INTEGER NOT NULL DEFAULT 0, -- changes with the balance, counted by balance_version
    balance_version          INTEGER NOT NULL DEFAULT 1,
    platform_balance_cents   INTEGER NOT NULL DEFAULT 0,
    platform_balance_version INTEGER NOT NULL DEFAULT 1,
    lucky_coins_cents        INTEGER NOT NULL DEFAULT 0,
    lucky_coins_version      INTEGER NOT NULL DEFAULT 1,
    free_daily_count         INTEGER NOT NULL DEFAULT 0,
    last_free_reset_date     TEXT,
    free_version             INTEGER NOT NULL DEFAULT 1,
    vip_level                INTEGER NOT NULL DEFAULT 0,
    created_at               TEXT    NOT NULL,
    version                  INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT users_telegram_id UNIQUE (telegram_id),
    CONSTRAINT users_balance_not_negative CHECK (balance_cents >= 0),
    CONSTRAINT users_platform_balance_not_negative CHECK (platform_balance_cents >= 0),
    CONSTRAINT users_lucky_coins_not_negative CHECK (lucky_coins_cents >= 0),
    CONSTRAINT users_total_spent_not_negative CHECK (total_spent_cents >= 0),
    CONSTRAINT users_free_count_not_negative CHECK (free_daily_count >= 0)
) STRICT;

CREATE TABLE products (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    total_shares          INTEGER NOT NULL, -- shares of each of its rounds
    price_per_share_cents INTEGER NOT NULL,
    market_price_cents    INTEGER NOT NULL,
    stock                 INTEGER NOT NULL,
    rounds_opened         INTEGER NOT NULL DEFAULT 0,
    created_at            TEXT    NOT NULL,
    version               INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT products_shares CHECK (total_shares > 0),
    CONSTRAINT products_prices CHECK (price_per_share_cents > 0 AND market_price_cents > 0),
    CONSTRAINT products_stock_not_negative CHECK (stock >= 0)
) STRICT;

CREATE TABLE lottery_rounds (
    id                    TEXT    NOT NULL PRIMARY KEY,
    product_id            TEXT    NOT NULL REFERENCES products (id),
    round_number          INTEGER NOT NULL,
    total_shares          INTEGER NOT NULL,
    price_per_share_cents INTEGER NOT NULL,
    sold_shares           INTEGER NOT NULL DEFAULT 0,
    status                TEXT    NOT NULL DEFAULT 'ACTIVE',
    sold_shares_version   INTEGER NOT NULL DEFAULT 1,
    created_at            TEXT    NOT NULL,
    CONSTRAINT lottery_rounds_number UNIQUE (product_id, round_number),
    CONSTRAINT lottery_rounds_not_oversold CHECK (0 <= sold_shares AND sold_shares <= total_shares),
    CONSTRAINT lottery_rounds_price CHECK (price_per_share_cents > 0),
    CONSTRAINT lottery_rounds_status CHECK (status IN ('ACTIVE', 'FULL', 'COMPLETED'))
) STRICT;

CREATE INDEX lottery_rounds_by_status ON lottery_rounds (status, created_at);

CREATE TABLE participations (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id),
    round_id     TEXT    NOT NULL REFERENCES lottery_rounds (id),
    type         TEXT    NOT NULL,
    shares_count INTEGER NOT NULL,
    first_number INTEGER NOT NULL,
    cost_cents   INTEGER NOT NULL,
    created_at   TEXT    NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT participations_shares CHECK (shares_count > 0),
    CONSTRAINT participations_type CHECK (type IN ('PAID', 'FREE'))
) STRICT;

CREATE INDEX participations_by_user ON participations (user_id, created_at);
CREATE INDEX participations_by_round ON participations (round_id, first_number);

-- One row for each number sold: the database itself refuses to sell one twice.
CREATE TABLE participation_numbers (
    round_id         TEXT    NOT NULL REFERENCES lottery_rounds (id),
    number           INTEGER NOT NULL,
    participation_id TEXT    NOT NULL REFERENCES participations (id),
    version          INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT participation_numbers_once PRIMARY KEY (round_id, number)
) STRICT;

CREATE INDEX participation_numbers_by_participation ON participation_numbers (participation_id);

CREATE TABLE orders (
    id                 TEXT    NOT NULL PRIMARY KEY,
    order_number       TEXT    NOT NULL,
    user_id            TEXT    NOT NULL REFERENCES users (id),
    product_id         TEXT    NOT NULL REFERENCES products (id),
    type               TEXT    NOT NULL,
    quantity           INTEGER NOT NULL,
    total_amount_cents INTEGER NOT NULL,
    status             TEXT    NOT NULL,
    payment_status     TEXT    NOT NULL,
    fulfillment_status TEXT    NOT NULL,
    created_at         TEXT    NOT NULL,
    updated_at         TEXT    NOT NULL,
    version            INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT orders_number UNIQUE (order_number),
    CONSTRAINT orders_quantity CHECK (quantity > 0),
    CONSTRAINT orders_amount CHECK (total_amount_cents > 0),
    CONSTRAINT orders_type CHECK (type IN ('DIRECT_BUY', 'LOTTERY_WIN', 'RECHARGE', 'RESALE', 'RESALE_PURCHASE')),
    CONSTRAINT orders_status CHECK (status IN ('PENDING', 'CONFIRMED', 'PAID', 'PENDING_ADDRESS', 'PENDING_SHIPMENT',
                                               'SHIPPED', 'DELIVERED', 'CANCELLED', 'EXPIRED')),
    CONSTRAINT orders_payment CHECK (payment_status IN ('PENDING', 'PAID', 'FAILED', 'CANCELLED')),
    CONSTRAINT orders_fulfillment CHECK (fulfillment_status IN ('PENDING', 'PENDING_ADDRESS', 'PENDING_SHIPMENT', 'SHIPPED',
                                                                'DELIVERED', 'CANCELLED', 'COMPLETED'))
) STRICT;

CREATE INDEX orders_by_user ON orders (user_id, created_at);

-- The ledger. One row for each change of a balance, written in the same transaction as the change. An operation can be
-- booked once, and a version of a balance can be reached by one booking only.
CREATE TABLE transactions (
    id                  TEXT    NOT NULL PRIMARY KEY,
    operation_id        TEXT    NOT NULL,
    user_id             TEXT    NOT NULL REFERENCES users (id),
    type                TEXT    NOT NULL,
    balance_type        TEXT    NOT NULL,
    amount_cents        INTEGER NOT NULL, -- negative when money leaves the balance
    balance_after_cents INTEGER NOT NULL,
    balance_version     INTEGER NOT NULL, -- the version that the balance has with this booking
    related_order_id    TEXT    REFERENCES orders (id),
    description         TEXT,
    created_at          TEXT    NOT NULL,
    version             INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT transactions_operation UNIQUE (operation_id),
    CONSTRAINT transactions_booking UNIQUE (user_id, balance_type, balance_version),
    CONSTRAINT transactions_amount CHECK (amount_cents <> 0),
    CONSTRAINT transactions_balance_after CHECK (balance_after_cents >= 0),
    CONSTRAINT transactions_type CHECK (type IN ('ADD', 'DEDUCT', 'PARTICIPATE')),
    CONSTRAINT transactions_balance_type CHECK (balance_type IN ('BALANCE', 'PLATFORM_BALANCE', 'LUCKY_COINS'))
) STRICT;

CREATE INDEX transactions_by_user ON transactions (user_id, created_at);
