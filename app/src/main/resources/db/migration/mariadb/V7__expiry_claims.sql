-- The end of unpaid orders as a queue of work: each due order is claimed by one node at a time, and parked if it cannot be ended.

ALTER TABLE orders ADD COLUMN expiry_state varchar(8) DEFAULT 'OPEN' NOT NULL;
ALTER TABLE orders ADD COLUMN expiry_token bigint DEFAULT 0 NOT NULL;
ALTER TABLE orders ADD COLUMN expiry_until bigint DEFAULT 0 NOT NULL;
ALTER TABLE orders ADD COLUMN expiry_attempts int DEFAULT 0 NOT NULL;
ALTER TABLE orders ADD COLUMN expiry_reason varchar(1000);

CREATE INDEX orders_by_expiry_claim ON orders (status, expiry_state, expires_at, id);
