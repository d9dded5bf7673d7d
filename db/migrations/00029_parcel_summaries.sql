-- +goose Up
-- What lists show of a parcel's items, numbers, holds, customer and packer is kept with the parcel: a page of parcels then
-- costs its own rows and no other.
ALTER TABLE parcels
    ADD COLUMN customer    text NOT NULL DEFAULT '',             -- the name of the account, until the parcel has left
    ADD COLUMN packer      text NOT NULL DEFAULT '',             -- the name of whoever has it on the table
    ADD COLUMN item_count  int NOT NULL DEFAULT 0 CHECK (item_count >= 0), -- that lie in it now
    ADD COLUMN held_for    text[] NOT NULL DEFAULT '{}',         -- the kinds of its open holds, the oldest first
    ADD COLUMN tracking    text[] NOT NULL DEFAULT '{}',         -- its tracking numbers, the oldest first
    ADD COLUMN tracked_by  text[] NOT NULL DEFAULT '{}';         -- whose each of them is
UPDATE parcels p SET customer = a.name,
    packer = CASE WHEN p.packer_id IS NULL THEN '' ELSE (SELECT w.name FROM accounts w WHERE w.id = p.packer_id) END,
    item_count = (SELECT count(*) FROM parcel_items pi WHERE pi.parcel_id = p.id AND pi.freed_at IS NULL),
    held_for = (SELECT coalesce(array_agg(h.kind ORDER BY h.id), '{}') FROM holds h WHERE h.parcel_id = p.id AND h.cleared_at IS NULL),
    tracking = (SELECT coalesce(array_agg(n.number ORDER BY n.id), '{}') FROM tracking_numbers n WHERE n.parcel_id = p.id),
    tracked_by = (SELECT coalesce(array_agg(n.carrier_code ORDER BY n.id), '{}') FROM tracking_numbers n WHERE n.parcel_id = p.id)
FROM accounts a WHERE a.id = p.account_id;

-- The place in the queue is counted in the index alone: an expression in it is not enough for that.
DROP INDEX parcels_queue;
CREATE INDEX parcels_queue ON parcels ((NOT expedited), queued_at, id) INCLUDE (expedited)
    WHERE status = 'assembling' AND packed_at IS NULL AND packer_id IS NULL AND open_holds = 0;
