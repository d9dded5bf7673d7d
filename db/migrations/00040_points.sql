-- +goose Up
INSERT INTO modules (name, half, place) VALUES ('wallet', 'magazine', 60);

-- A point is a rouble, and there are only whole ones.
ALTER TABLE wallets ADD CONSTRAINT wallets_whole_points CHECK (name <> 'points' OR balance % 100 = 0);

-- A top-up whose money becomes points says how many it promises.
ALTER TABLE invoices
    ADD COLUMN points bigint,
    ADD CONSTRAINT invoices_points CHECK (points IS NULL OR points > 0 AND kind = 'top_up');
ALTER TABLE invoice_lines
    DROP CONSTRAINT invoice_lines_kind_check,
    ADD CONSTRAINT invoice_lines_kind_check CHECK (kind IN ('item', 'commission', 'shop_delivery', 'delivery', 'service', 'top_up', 'points'));

-- Points that were given: each gift is a lot that is used up before what was bought, and may expire.
CREATE TABLE bonus_points (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL REFERENCES accounts,
    transfer_id bigint NOT NULL UNIQUE REFERENCES transfers,
    points      bigint NOT NULL CHECK (points > 0),
    remaining   bigint NOT NULL CHECK (remaining BETWEEN 0 AND points),
    expires_on  date                                       -- the first day without them; null: they stay
);
CREATE INDEX bonus_points_left ON bonus_points (account_id, expires_on, id) WHERE remaining > 0;
CREATE INDEX bonus_points_expiring ON bonus_points (expires_on) WHERE remaining > 0 AND expires_on IS NOT NULL;

-- What a charge took of which lot, so that a refund gives it back there.
CREATE TABLE bonus_uses (
    transfer_id bigint NOT NULL REFERENCES transfers,
    bonus_id    bigint NOT NULL REFERENCES bonus_points,
    points      bigint NOT NULL CHECK (points > 0),
    PRIMARY KEY (transfer_id, bonus_id)
);
