-- Purchases: the draw of a round that is sold out, and how often somebody bought of late.

ALTER TABLE lottery_rounds ADD COLUMN winner_user_id TEXT REFERENCES users (id);
ALTER TABLE lottery_rounds ADD COLUMN winning_number INTEGER;
ALTER TABLE lottery_rounds ADD COLUMN winning_participation_id TEXT REFERENCES participations (id);
ALTER TABLE lottery_rounds ADD COLUMN drawn_at TEXT;
ALTER TABLE lottery_rounds ADD COLUMN draw_seed TEXT; -- what the winning number was computed from, in hexadecimal

-- Written before the order is, in the same transaction. The constraint is one of the whole table (a winner is drawn once
-- and as a whole); with a column it can be added without building the table anew.
ALTER TABLE lottery_rounds ADD COLUMN prize_order_id TEXT
    CONSTRAINT lottery_rounds_drawn CHECK (
        CASE WHEN status = 'COMPLETED'
             THEN winner_user_id IS NOT NULL AND winning_number IS NOT NULL AND winning_participation_id IS NOT NULL
                  AND drawn_at IS NOT NULL AND draw_seed IS NOT NULL AND prize_order_id IS NOT NULL
             ELSE winner_user_id IS NULL AND winning_number IS NULL AND winning_participation_id IS NULL
                  AND drawn_at IS NULL AND draw_seed IS NULL AND prize_order_id IS NULL
        END);

-- The times of somebody's last purchases, as milliseconds since 1970 with commas between.
CREATE TABLE rate_limits (
    subject TEXT    NOT NULL PRIMARY KEY,
    hits    TEXT    NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
