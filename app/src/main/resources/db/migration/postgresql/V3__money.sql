-- Money: recharges and prizes as orders, what the provider of payments told us, transfers, the log of changes, and a view
-- of versions and locks.

-- How many pieces were ever put on sale: those in stock and those that orders took and did not give back.
ALTER TABLE products
    ADD COLUMN stock_in integer;

UPDATE products
   SET stock_in = stock + COALESCE((SELECT SUM(o.quantity)
                                      FROM orders o
                                     WHERE o.product_id = products.id
                                       AND o.status NOT IN ('CANCELLED', 'EXPIRED')), 0);

ALTER TABLE products
    ALTER COLUMN stock_in SET NOT NULL;

ALTER TABLE orders
    ALTER COLUMN product_id DROP NOT NULL,
    ADD COLUMN round_id uuid REFERENCES lottery_rounds (id), -- of a prize
    ADD COLUMN expires_at timestamptz, -- until when it can be paid
    ADD COLUMN paid_at timestamptz,
    DROP CONSTRAINT orders_amount,
    ADD CONSTRAINT orders_amount CHECK (total_amount_cents > 0 OR (type = 'LOTTERY_WIN' AND total_amount_cents = 0)),
    ADD CONSTRAINT orders_goods CHECK ((type = 'RECHARGE') = (product_id IS NULL)),
    ADD CONSTRAINT orders_prize CHECK ((type = 'LOTTERY_WIN') = (round_id IS NOT NULL)),
    ADD CONSTRAINT orders_one_prize UNIQUE (round_id);

UPDATE orders
   SET expires_at = created_at + INTERVAL '30 minutes'
 WHERE status = 'PENDING';

UPDATE orders
   SET paid_at = updated_at
 WHERE payment_status = 'PAID';

CREATE INDEX orders_by_expiry ON orders (status, expires_at);

ALTER TABLE transactions
    DROP CONSTRAINT transactions_type,
    ADD CONSTRAINT transactions_type CHECK (type IN ('ADD', 'DEDUCT', 'PARTICIPATE', 'RECHARGE', 'TRANSFER_OUT', 'TRANSFER_IN'));

CREATE INDEX transactions_by_order ON transactions (related_order_id);

-- One row for each payment that the provider told us of. No foreign key: money may come for an order that we do not know.
CREATE TABLE payments (
    payment_id   varchar(64) NOT NULL PRIMARY KEY,
    order_id     uuid        NOT NULL,
    amount_cents bigint      NOT NULL,
    status       varchar(16) NOT NULL, -- UNMATCHED: it was paid, and not for what could be paid
    order_status varchar(16),          -- how the order stood when the payment came; none if there was no such order
    received_at  timestamptz NOT NULL,
    version      bigint      NOT NULL DEFAULT 1,
    CONSTRAINT payments_amount CHECK (amount_cents > 0),
    CONSTRAINT payments_status CHECK (status IN ('PAID', 'FAILED', 'UNMATCHED'))
);

CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_by_time ON payments (received_at);
CREATE INDEX payments_by_status ON payments (status, received_at);

-- Who changed what, written in the same transaction as the change. No foreign keys: it outlives what it tells of.
CREATE TABLE audit_log (
    id         uuid        NOT NULL PRIMARY KEY,
    operation  varchar(40) NOT NULL,
    table_name varchar(40) NOT NULL,
    row_id     varchar(80) NOT NULL,
    user_id    uuid,
    old_value  varchar(400),
    new_value  varchar(400),
    created_at timestamptz NOT NULL,
    version    bigint      NOT NULL DEFAULT 1
);

CREATE INDEX audit_log_by_time ON audit_log (created_at);

-- Versions of the rows that changed last, and the locks that sessions hold on our tables or wait for. The same columns on
-- every engine. "since" is ISO text in UTC. A row that is waited for is named by its place in the table, (page,tuple):
-- the server knows no other name of it.
CREATE VIEW lock_monitoring_view AS
WITH recent AS (
    SELECT table_name, row_id, MAX(created_at) AS changed_at
      FROM (SELECT table_name, row_id, created_at FROM audit_log ORDER BY created_at DESC LIMIT 200) newest
     GROUP BY table_name, row_id
), recent_users AS (
    SELECT u.*, r.changed_at
      FROM recent r JOIN users u ON u.id = CASE WHEN r.table_name = 'users' THEN r.row_id::uuid END
), recent_rounds AS (
    SELECT l.id, l.sold_shares_version, r.changed_at
      FROM recent r JOIN lottery_rounds l ON l.id = CASE WHEN r.table_name = 'lottery_rounds' THEN r.row_id::uuid END
), versions AS (
    SELECT 'users' AS table_name, id::text AS row_id, 'balance_version' AS version_column, balance_version AS version,
           changed_at FROM recent_users
    UNION ALL
    SELECT 'users', id::text, 'platform_balance_version', platform_balance_version, changed_at FROM recent_users
    UNION ALL
    SELECT 'users', id::text, 'lucky_coins_version', lucky_coins_version, changed_at FROM recent_users
    UNION ALL
    SELECT 'lottery_rounds', id::text, 'sold_shares_version', sold_shares_version, changed_at FROM recent_rounds
    UNION ALL
    SELECT 'participations', p.id::text, 'version', p.version, r.changed_at
      FROM recent_rounds r
      JOIN participations p
        ON p.round_id = r.id
       AND p.first_number = (SELECT MAX(last.first_number) FROM participations last WHERE last.round_id = r.id)
    UNION ALL
    SELECT 'orders', o.id::text, 'version', o.version, r.changed_at
      FROM recent r JOIN orders o ON o.id = CASE WHEN r.table_name = 'orders' THEN r.row_id::uuid END
), locks AS (
    SELECT CASE WHEN l.granted THEN 'lock' ELSE 'wait' END AS kind,
           c.relname::text AS table_name,
           CASE WHEN t.tuple IS NOT NULL THEN '(' || t.page || ',' || t.tuple || ')' END AS row_id,
           l.mode AS lock_mode,
           l.pid::text AS holder,
           CASE WHEN NOT l.granted THEN array_to_string(pg_blocking_pids(l.pid), ', ') END AS waits_for,
           CASE WHEN l.granted THEN a.xact_start ELSE COALESCE(l.waitstart, a.query_start) END AS since
      FROM pg_locks l
      JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
      LEFT JOIN pg_locks t ON t.pid = l.pid AND t.locktype = 'tuple' AND NOT l.granted
      LEFT JOIN pg_class c ON c.oid = COALESCE(l.relation, t.relation)
     WHERE l.pid <> pg_backend_pid()
       AND (NOT l.granted
            OR (l.locktype = 'relation'
                AND l.mode <> 'AccessShareLock'
                AND c.relkind = 'r'
                AND c.relnamespace = current_schema()::regnamespace))
)
SELECT 'version' AS kind, table_name, row_id, version_column, version, NULL AS lock_mode, NULL AS holder,
       NULL AS waits_for, to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since
  FROM versions
UNION ALL
SELECT kind, table_name, row_id, NULL, NULL, lock_mode, holder, waits_for,
       to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  FROM locks;
