-- Money: recharges and prizes as orders, what the provider of payments told us, transfers, the log of changes, and a view
-- of versions and locks.

-- How many pieces were ever put on sale: those in stock and those that orders took and did not give back.
ALTER TABLE products
    ADD COLUMN stock_in int;

UPDATE products
   SET stock_in = stock + COALESCE((SELECT SUM(o.quantity)
                                      FROM orders o
                                     WHERE o.product_id = products.id
                                       AND o.status NOT IN ('CANCELLED', 'EXPIRED')), 0);

ALTER TABLE products
    MODIFY COLUMN stock_in int NOT NULL;

ALTER TABLE orders
    MODIFY COLUMN product_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN round_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL, -- of a prize
    ADD COLUMN expires_at datetime(6) NULL, -- until when it can be paid
    ADD COLUMN paid_at datetime(6) NULL,
    DROP CONSTRAINT orders_amount;

ALTER TABLE orders
    ADD CONSTRAINT orders_amount CHECK (total_amount_cents > 0 OR (type = 'LOTTERY_WIN' AND total_amount_cents = 0)),
    ADD CONSTRAINT orders_goods CHECK ((type = 'RECHARGE') = (product_id IS NULL)),
    ADD CONSTRAINT orders_prize CHECK ((type = 'LOTTERY_WIN') = (round_id IS NOT NULL)),
    ADD CONSTRAINT orders_one_prize UNIQUE (round_id),
    ADD CONSTRAINT orders_round FOREIGN KEY (round_id) REFERENCES lottery_rounds (id);

UPDATE orders
   SET expires_at = created_at + INTERVAL 30 MINUTE
 WHERE status = 'PENDING';

UPDATE orders
   SET paid_at = updated_at
 WHERE payment_status = 'PAID';

CREATE INDEX orders_by_expiry ON orders (status, expires_at);

ALTER TABLE transactions
    DROP CONSTRAINT transactions_type;

ALTER TABLE transactions
    ADD CONSTRAINT transactions_type CHECK (type IN ('ADD', 'DEDUCT', 'PARTICIPATE', 'RECHARGE', 'TRANSFER_OUT', 'TRANSFER_IN'));

-- One row for each payment that the provider told us of. No foreign key: money may come for an order that we do not know.
CREATE TABLE payments (
    payment_id   varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    order_id     char(36) CHARACTER SET ascii COLLATE ascii_bin    NOT NULL,
    amount_cents bigint                                            NOT NULL,
    status       varchar(16)                                       NOT NULL, -- UNMATCHED: it was paid, and not for what could be paid
    order_status varchar(16),                                                -- how the order stood when the payment came; none if there was no such order
    received_at  datetime(6)                                       NOT NULL,
    version      bigint                                            NOT NULL DEFAULT 1,
    CONSTRAINT payments_amount CHECK (amount_cents > 0),
    CONSTRAINT payments_status CHECK (status IN ('PAID', 'FAILED', 'UNMATCHED'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_by_time ON payments (received_at);
CREATE INDEX payments_by_status ON payments (status, received_at);

-- Who changed what, written in the same transaction as the change. No foreign keys: it outlives what it tells of.
CREATE TABLE audit_log (
    id         char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    operation  varchar(40)                                    NOT NULL,
    table_name varchar(40)                                    NOT NULL,
    row_id     varchar(80)                                    NOT NULL,
    user_id    char(36) CHARACTER SET ascii COLLATE ascii_bin,
    old_value  varchar(400),
    new_value  varchar(400),
    created_at datetime(6)                                    NOT NULL,
    version    bigint                                         NOT NULL DEFAULT 1
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX audit_log_by_time ON audit_log (created_at);

-- Versions of the rows that changed last, and the locks that are waited for and those that wait: InnoDB lists no others.
-- The same columns on every engine. "since" is ISO text in UTC. Who looks needs the right PROCESS to see locks.
CREATE SQL SECURITY INVOKER VIEW lock_monitoring_view AS
WITH recent AS (
    SELECT table_name, row_id, MAX(created_at) AS changed_at
      FROM (SELECT table_name, row_id, created_at FROM audit_log ORDER BY created_at DESC LIMIT 200) newest
     GROUP BY table_name, row_id
), recent_users AS (
    SELECT u.id, u.balance_version, u.platform_balance_version, u.lucky_coins_version, r.changed_at
      FROM recent r JOIN users u ON r.table_name = 'users' AND u.id = CONVERT(r.row_id USING ascii) COLLATE ascii_bin
), recent_rounds AS (
    SELECT l.id, l.sold_shares_version, r.changed_at
      FROM recent r
      JOIN lottery_rounds l ON r.table_name = 'lottery_rounds' AND l.id = CONVERT(r.row_id USING ascii) COLLATE ascii_bin
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
      FROM recent r JOIN orders o ON r.table_name = 'orders' AND o.id = CONVERT(r.row_id USING ascii) COLLATE ascii_bin
), locks AS (
    SELECT CASE WHEN w.requested_lock_id IS NULL THEN 'lock' ELSE 'wait' END AS kind,
           REPLACE(SUBSTRING_INDEX(l.lock_table, '.', -1), '`', '') AS table_name,
           TRIM(BOTH '''' FROM l.lock_data) AS row_id,
           l.lock_mode AS lock_mode,
           t.trx_mysql_thread_id AS holder,
           b.trx_mysql_thread_id AS waits_for,
           CASE WHEN w.requested_lock_id IS NULL THEN t.trx_started ELSE t.trx_wait_started END AS since
      FROM information_schema.INNODB_LOCKS l
      JOIN information_schema.INNODB_TRX t ON t.trx_id = l.lock_trx_id
      LEFT JOIN information_schema.INNODB_LOCK_WAITS w ON w.requested_lock_id = l.lock_id
      LEFT JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id
     WHERE SUBSTRING_INDEX(l.lock_table, '.', 1) = CONCAT('`', DATABASE(), '`')
)
SELECT 'version' AS kind, CAST(table_name AS char(64)) AS table_name, CAST(row_id AS char(80)) AS row_id, version_column, version,
       CAST(NULL AS char(32)) AS lock_mode, CAST(NULL AS char(20)) AS holder, CAST(NULL AS char(20)) AS waits_for,
       DATE_FORMAT(changed_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS since
  FROM versions
UNION ALL
SELECT kind, CAST(table_name AS char(64)), CAST(row_id AS char(80)), NULL, NULL, CAST(lock_mode AS char(32)),
       CAST(holder AS char(20)), CAST(waits_for AS char(20)),
       DATE_FORMAT(TIMESTAMP('1970-01-01') + INTERVAL UNIX_TIMESTAMP(since) SECOND, '%Y-%m-%dT%H:%i:%s.%fZ')
  FROM locks;
