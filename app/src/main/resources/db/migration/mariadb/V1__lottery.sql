-- Lottery: users and their balances, products, rounds, participations, orders, ledger.
--
-- Money is whole cents. Enumerations are stored by name. Each column "..._version" counts the changes of the columns
-- it stands behind; "version" counts those of the rest of its row.
-- Text compares byte by byte, so that ids which differ in case are different ids.

CREATE TABLE users (
    id                       char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    telegram_id              varchar(20)                                    NOT NULL,
    balance_cents            bigint                                         NOT NULL DEFAULT 0,
    total_spent_cents        bigint                                         NOT NULL DEFAULT 0, -- changes with the balance, counted by balance_version
    balance_version          bigint                                         NOT NULL DEFAULT 1,
    platform_balance_cents   bigint                                         NOT NULL DEFAULT 0,
    platform_balance_version bigint                                         NOT NULL DEFAULT 1,
    lucky_coins_cents        bigint                                         NOT NULL DEFAULT 0,
    lucky_coins_version      bigint                                         NOT NULL DEFAULT 1,
    free_daily_count         int                                            NOT NULL DEFAULT 0,
    last_free_reset_date     date,
    free_version             bigint                                         NOT NULL DEFAULT 1,
    vip_level                int                                            NOT NULL DEFAULT 0,
    created_at               datetime(6)                                    NOT NULL,
    version                  bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT users_telegram_id UNIQUE (telegram_id),
    CONSTRAINT users_balance_not_negative CHECK (balance_cents >= 0),
    CONSTRAINT users_platform_balance_not_negative CHECK (platform_balance_cents >= 0),
    CONSTRAINT users_lucky_coins_not_negative CHECK (lucky_coins_cents >= 0),
    CONSTRAINT users_total_spent_not_negative CHECK (total_spent_cents >= 0),
    CONSTRAINT users_free_count_not_negative CHECK (free_daily_count >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE products (
    id                    char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name                  varchar(200)                                   NOT NULL,
    total_shares          int                                            NOT NULL, -- shares of each of its rounds
    price_per_share_cents bigint                                         NOT NULL,
    market_price_cents    bigint                                         NOT NULL,
    stock                 int                                            NOT NULL,
    rounds_opened         int                                            NOT NULL DEFAULT 0,
    created_at            datetime(6)                                    NOT NULL,
    version               bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT products_shares CHECK (total_shares > 0),
    CONSTRAINT products_prices CHECK (price_per_share_cents > 0 AND market_price_cents > 0),
    CONSTRAINT products_stock_not_negative CHECK (stock >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE lottery_rounds (
    id                    char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    product_id            char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round_number          int                                            NOT NULL,
    total_shares          int                                            NOT NULL,
    price_per_share_cents bigint                                         NOT NULL,
    sold_shares           int                                            NOT NULL DEFAULT 0,
    status                varchar(16)                                    NOT NULL DEFAULT 'ACTIVE',
    sold_shares_version   bigint                                         NOT NULL DEFAULT 1,
    created_at            datetime(6)                                    NOT NULL,
    CONSTRAINT lottery_rounds_product FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT lottery_rounds_number UNIQUE (product_id, round_number),
    CONSTRAINT lottery_rounds_not_oversold CHECK (0 <= sold_shares AND sold_shares <= total_shares),
    CONSTRAINT lottery_rounds_price CHECK (price_per_share_cents > 0),
    CONSTRAINT lottery_rounds_status CHECK (status IN ('ACTIVE', 'FULL', 'COMPLETED'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX lottery_rounds_by_status ON lottery_rounds (status, created_at);

CREATE TABLE participations (
    id           char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    user_id      char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round_id     char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type         varchar(10)                                    NOT NULL,
    shares_count int                                            NOT NULL,
    first_number bigint                                         NOT NULL,
    cost_cents   bigint                                         NOT NULL,
    created_at   datetime(6)                                    NOT NULL,
    version      bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT participations_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT participations_round FOREIGN KEY (round_id) REFERENCES lottery_rounds (id),
    CONSTRAINT participations_shares CHECK (shares_count > 0),
    CONSTRAINT participations_type CHECK (type IN ('PAID', 'FREE'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX participations_by_user ON participations (user_id, created_at);
CREATE INDEX participations_by_round ON participations (round_id, first_number);

-- One row for each number sold: the database itself refuses to sell one twice.
CREATE TABLE participation_numbers (
    round_id         char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    number           bigint                                         NOT NULL,
    participation_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version          bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT participation_numbers_round FOREIGN KEY (round_id) REFERENCES lottery_rounds (id),
    CONSTRAINT participation_numbers_participation FOREIGN KEY (participation_id) REFERENCES participations (id),
    PRIMARY KEY (round_id, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX participation_numbers_by_participation ON participation_numbers (participation_id);

CREATE TABLE orders (
    id                 char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    order_number       varchar(40)                                    NOT NULL,
    user_id            char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    product_id         char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type               varchar(16)                                    NOT NULL,
    quantity           int                                            NOT NULL,
    total_amount_cents bigint                                         NOT NULL,
    status             varchar(16)                                    NOT NULL,
    payment_status     varchar(16)                                    NOT NULL,
    fulfillment_status varchar(16)                                    NOT NULL,
    created_at         datetime(6)                                    NOT NULL,
    updated_at         datetime(6)                                    NOT NULL,
    version            bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT orders_product FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT orders_number UNIQUE (order_number),
    CONSTRAINT orders_quantity CHECK (quantity > 0),
    CONSTRAINT orders_amount CHECK (total_amount_cents > 0),
    CONSTRAINT orders_type CHECK (type IN ('DIRECT_BUY', 'LOTTERY_WIN', 'RECHARGE', 'RESALE', 'RESALE_PURCHASE')),
    CONSTRAINT orders_status CHECK (status IN ('PENDING', 'CONFIRMED', 'PAID', 'PENDING_ADDRESS', 'PENDING_SHIPMENT',
                                               'SHIPPED', 'DELIVERED', 'CANCELLED', 'EXPIRED')),
    CONSTRAINT orders_payment CHECK (payment_status IN ('PENDING', 'PAID', 'FAILED', 'CANCELLED')),
    CONSTRAINT orders_fulfillment CHECK (fulfillment_status IN ('PENDING', 'PENDING_ADDRESS', 'PENDING_SHIPMENT', 'SHIPPED',
                                                                'DELIVERED', 'CANCELLED', 'COMPLETED'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX orders_by_user ON orders (user_id, created_at);

-- The ledger. One row for each change of a balance, written in the same transaction as the change. An operation can be
-- booked once, and a version of a balance can be reached by one booking only.
CREATE TABLE transactions (
    id                  char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    operation_id        varchar(64)                                    NOT NULL,
    user_id             char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type                varchar(16)                                    NOT NULL,
    balance_type        varchar(16)                                    NOT NULL,
    amount_cents        bigint                                         NOT NULL, -- negative when money leaves the balance
    balance_after_cents bigint                                         NOT NULL,
    balance_version     bigint                                         NOT NULL, -- the version that the balance has with this booking
    related_order_id    char(36) CHARACTER SET ascii COLLATE ascii_bin,
    description         varchar(200),
    created_at          datetime(6)                                    NOT NULL,
    version             bigint                                         NOT NULL DEFAULT 1,
    CONSTRAINT transactions_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT transactions_related_order FOREIGN KEY (related_order_id) REFERENCES orders (id),
    CONSTRAINT transactions_operation UNIQUE (operation_id),
    CONSTRAINT transactions_booking UNIQUE (user_id, balance_type, balance_version),
    CONSTRAINT transactions_amount CHECK (amount_cents <> 0),
    CONSTRAINT transactions_balance_after CHECK (balance_after_cents >= 0),
    CONSTRAINT transactions_type CHECK (type IN ('ADD', 'DEDUCT', 'PARTICIPATE')),
    CONSTRAINT transactions_balance_type CHECK (balance_type IN ('BALANCE', 'PLATFORM_BALANCE', 'LUCKY_COINS'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX transactions_by_user ON transactions (user_id, created_at);
