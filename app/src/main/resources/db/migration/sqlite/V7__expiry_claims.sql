-- The end of unpaid orders as a queue of work: each due order is claimed by one node at a time, and parked if it cannot be ended.

ALTER TABLE orders ADD COLUMN expiry_state TEXT NOT NULL DEFAULT 'OPEN';
ALTER TABLE orders ADD COLUMN expiry_token INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN expiry_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN expiry_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN expiry_reason TEXT;

CREATE INDEX orders_by_expiry_claim ON orders (status, expiry_state, expires_at, id);
