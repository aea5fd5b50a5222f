-- Purchases: the draw of a round that is sold out, and how often somebody bought of late.

ALTER TABLE lottery_rounds
    ADD COLUMN winner_user_id           uuid REFERENCES users (id),
    ADD COLUMN winning_number           bigint,
    ADD COLUMN winning_participation_id uuid REFERENCES participations (id),
    ADD COLUMN drawn_at                 timestamptz,
    ADD COLUMN draw_seed                varchar(64), -- what the winning number was computed from, in hexadecimal
    ADD COLUMN prize_order_id           uuid;        -- written before the order is, in the same transaction

-- A winner is drawn once and as a whole.
ALTER TABLE lottery_rounds
    ADD CONSTRAINT lottery_rounds_drawn CHECK (
        CASE WHEN status = 'COMPLETED'
             THEN winner_user_id IS NOT NULL AND winning_number IS NOT NULL AND winning_participation_id IS NOT NULL
                  AND drawn_at IS NOT NULL AND draw_seed IS NOT NULL AND prize_order_id IS NOT NULL
             ELSE winner_user_id IS NULL AND winning_number IS NULL AND winning_participation_id IS NULL
                  AND drawn_at IS NULL AND draw_seed IS NULL AND prize_order_id IS NULL
        END);

-- The times of somebody's last purchases, as milliseconds since 1970 with commas between.
CREATE TABLE rate_limits (
    subject varchar(80) NOT NULL PRIMARY KEY,
    hits    text        NOT NULL,
    version bigint      NOT NULL DEFAULT 1
);
