-- +goose Up
-- What waits at the desk is kept where it can be counted and listed from a small index, however much there is.
ALTER TABLE orders ADD COLUMN to_buy int NOT NULL DEFAULT 0 CHECK (to_buy >= 0); -- items that are paid and not bought yet
UPDATE orders o SET to_buy = (SELECT count(*) FROM items i WHERE i.order_id = o.id AND i.status = 'under_review') WHERE o.status = 'processing';
CREATE INDEX orders_to_buy ON orders (status_since, id) WHERE to_buy > 0;
DROP INDEX orders_processing;
CREATE INDEX orders_on_their_way ON orders (account_id, created_at DESC, id DESC) WHERE status = 'processing';
DROP INDEX items_to_buy;

ALTER TABLE items ADD COLUMN in_parcel boolean NOT NULL DEFAULT false;           -- it lies in a parcel that was not cancelled
UPDATE items i SET in_parcel = true WHERE EXISTS (SELECT FROM parcel_items pi WHERE pi.item_id = i.id AND pi.freed_at IS NULL);
CREATE INDEX items_loose ON items (account_id, id) WHERE status = 'at_warehouse' AND NOT in_parcel;
