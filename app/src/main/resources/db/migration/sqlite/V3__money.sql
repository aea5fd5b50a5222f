-- Money: recharges and prizes as orders, what the provider of payments told us, transfers, the log of changes, and a view
-- of versions.
--
-- SQLite changes no constraint of a table that is there. Orders and transactions are built anew, and the ledger steps
-- aside first: with foreign keys on, a table can be dropped only while no row refers to it.

-- How many pieces were ever put on sale: those in stock and those that orders took and did not give back.
ALTER TABLE products
    ADD COLUMN stock_in INTEGER NOT NULL DEFAULT 0;

UPDATE products
   SET stock_in = stock + COALESCE((SELECT SUM(o.quantity)
                                      FROM orders o
                                     WHERE o.product_id = products.id
                                       AND o.status NOT IN ('CANCELLED', 'EXPIRED')), 0);

CREATE TABLE transactions_before AS SELECT * FROM transactions;
DROP TABLE transactions;

CREATE TABLE orders_next (
    id                 TEXT    NOT NULL PRIMARY KEY,
    order_number       TEXT    NOT NULL,
    user_id            TEXT    NOT NULL REFERENCES users (id),
    product_id         TEXT    REFERENCES products (id),
    type               TEXT    NOT NULL,
    quantity           INTEGER NOT NULL,
    total_amount_cents INTEGER NOT NULL,
    status             TEXT    NOT NULL,
    payment_status     TEXT    NOT NULL,
    fulfillment_status TEXT    NOT NULL,
    created_at         TEXT    NOT NULL,
    updated_at         TEXT    NOT NULL,
    version            INTEGER NOT NULL DEFAULT 1,
    round_id           TEXT    REFERENCES lottery_rounds (id), -- of a prize
    expires_at         TEXT, -- until when it can be paid
    paid_at            TEXT,
    CONSTRAINT orders_number UNIQUE (order_number),
    CONSTRAINT orders_quantity CHECK (quantity > 0),
    CONSTRAINT orders_amount CHECK (total_amount_cents > 0 OR (type = 'LOTTERY_WIN' AND total_amount_cents = 0)),
    CONSTRAINT orders_goods CHECK ((type = 'RECHARGE') = (product_id IS NULL)),
    CONSTRAINT orders_prize CHECK ((type = 'LOTTERY_WIN') = (round_id IS NOT NULL)),
    CONSTRAINT orders_one_prize UNIQUE (round_id),
    CONSTRAINT orders_type CHECK (type IN ('DIRECT_BUY', 'LOTTERY_WIN', 'RECHARGE', 'RESALE', 'RESALE_PURCHASE')),
    CONSTRAINT orders_status CHECK (status IN ('PENDING', 'CONFIRMED', 'PAID', 'PENDING_ADDRESS', 'PENDING_SHIPMENT',
                                               'SHIPPED', 'DELIVERED', 'CANCELLED', 'EXPIRED')),
    CONSTRAINT orders_payment CHECK (payment_status IN ('PENDING', 'PAID', 'FAILED', 'CANCELLED')),
    CONSTRAINT orders_fulfillment CHECK (fulfillment_status IN ('PENDING', 'PENDING_ADDRESS', 'PENDING_SHIPMENT', 'SHIPPED',
                                                                'DELIVERED', 'CANCELLED', 'COMPLETED'))
) STRICT;

-- Whole minutes later: seconds and their fraction stay as they are written.
INSERT INTO orders_next
SELECT id, order_number, user_id, product_id, type, quantity, total_amount_cents, status, payment_status, fulfillment_status,
       created_at, updated_at, version, NULL,
       CASE WHEN status = 'PENDING'
            THEN strftime('%Y-%m-%dT%H:%M:', created_at, '+30 minutes') || substr(created_at, 18) END,
       CASE WHEN payment_status = 'PAID' THEN updated_at END
  FROM orders;

DROP TABLE orders;
ALTER TABLE orders_next RENAME TO orders;

CREATE INDEX orders_by_user ON orders (user_id, created_at);
CREATE INDEX orders_by_expiry ON orders (status, expires_at);

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
    CONSTRAINT transactions_type CHECK (type IN ('ADD', 'DEDUCT', 'PARTICIPATE', 'RECHARGE', 'TRANSFER_OUT', 'TRANSFER_IN')),
    CONSTRAINT transactions_balance_type CHECK (balance_type IN ('BALANCE', 'PLATFORM_BALANCE', 'LUCKY_COINS'))
) STRICT;

INSERT INTO transactions (id, operation_id, user_id, type, balance_type, amount_cents, balance_after_cents, balance_version,
                          related_order_id, description, created_at, version)
SELECT id, operation_id, user_id, type, balance_type, amount_cents, balance_after_cents, balance_version,
       related_order_id, description, created_at, version
  FROM transactions_before;

DROP TABLE transactions_before;

CREATE INDEX transactions_by_user ON transactions (user_id, created_at);
CREATE INDEX transactions_by_order ON transactions (related_order_id);

-- One row for each payment that the provider told us of. No foreign key: money may come for an order that we do not know.
CREATE TABLE payments (
    payment_id   TEXT    NOT NULL PRIMARY KEY,
    order_id     TEXT    NOT NULL,
    amount_cents INTEGER NOT NULL,
    status       TEXT    NOT NULL, -- UNMATCHED: it was paid, and not for what could be paid
    order_status TEXT,             -- how the order stood when the payment came; none if there was no such order
    received_at  TEXT    NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT payments_amount CHECK (amount_cents > 0),
    CONSTRAINT payments_status CHECK (status IN ('PAID', 'FAILED', 'UNMATCHED'))
) STRICT;

CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_by_time ON payments (received_at);
CREATE INDEX payments_by_status ON payments (status, received_at);

-- Who changed what, written in the same transaction as the change. No foreign keys: it outlives what it tells of.
CREATE TABLE audit_log (
    id         TEXT    NOT NULL PRIMARY KEY,
    operation  TEXT    NOT NULL,
    table_name TEXT    NOT NULL,
    row_id     TEXT    NOT NULL,
    user_id    TEXT,
    old_value  TEXT,
    new_value  TEXT,
    created_at TEXT    NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX audit_log_by_time ON audit_log (created_at);

-- Versions of the rows that changed last. The same columns on every engine; SQLite has one lock for the whole file and
-- no table that lists who holds it, so there are no rows of locks and waits.
CREATE VIEW lock_monitoring_view AS
WITH recent AS (
    SELECT table_name, row_id, MAX(created_at) AS changed_at
      FROM (SELECT table_name, row_id, created_at FROM audit_log ORDER BY created_at DESC LIMIT 200)
     GROUP BY table_name, row_id
), recent_users AS (
    SELECT u.*, r.changed_at FROM recent r JOIN users u ON r.table_name = 'users' AND u.id = r.row_id
), recent_rounds AS (
    SELECT l.id, l.sold_shares_version, r.changed_at
      FROM recent r JOIN lottery_rounds l ON r.table_name = 'lottery_rounds' AND l.id = r.row_id
), versions AS (
    SELECT 'users' AS table_name, id AS row_id, 'balance_version' AS version_column, balance_version AS version, changed_at
      FROM recent_users
    UNION ALL
    SELECT 'users', id, 'platform_balance_version', platform_balance_version, changed_at FROM recent_users
    UNION ALL
    SELECT 'users', id, 'lucky_coins_version', lucky_coins_version, changed_at FROM recent_users
    UNION ALL
    SELECT 'lottery_rounds', id, 'sold_shares_version', sold_shares_version, changed_at FROM recent_rounds
    UNION ALL
    SELECT 'participations', p.id, 'version', p.version, r.changed_at
      FROM recent_rounds r
      JOIN participations p
        ON p.round_id = r.id
       AND p.first_number = (SELECT MAX(newest.first_number) FROM participations newest WHERE newest.round_id = r.id)
    UNION ALL
    SELECT 'orders', o.id, 'version', o.version, r.changed_at
      FROM recent r JOIN orders o ON r.table_name = 'orders' AND o.id = r.row_id
)
SELECT 'version' AS kind, table_name, row_id, version_column, version, NULL AS lock_mode, NULL AS holder,
       NULL AS waits_for, changed_at AS since
  FROM versions;
