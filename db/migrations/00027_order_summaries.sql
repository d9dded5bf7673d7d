-- +goose Up
-- What a list shows of an order's items is kept with the order: a page of orders then costs its own rows and no other.
ALTER TABLE orders
    ADD COLUMN item_count    int NOT NULL DEFAULT 0,              -- without the cancelled ones, unless the order is
    ADD COLUMN active_count  int NOT NULL DEFAULT 0,
    ADD COLUMN arrived_count int NOT NULL DEFAULT 0,
    ADD COLUMN first_title   text NOT NULL DEFAULT '',
    ADD COLUMN shops         text NOT NULL DEFAULT '',
    ADD COLUMN goods         bigint NOT NULL DEFAULT 0,           -- EUR cents, as confirmed
    ADD COLUMN currencies    text[] NOT NULL DEFAULT '{}',        -- as typed: an amount for each currency
    ADD COLUMN sums          bigint[] NOT NULL DEFAULT '{}';
UPDATE orders o SET (item_count, active_count, arrived_count, first_title, shops, goods, currencies, sums) = (
    SELECT coalesce(sum(g.items), 0), coalesce(sum(g.active), 0), coalesce(sum(g.arrived), 0), coalesce((min(g.first))[2], ''),
           coalesce(string_agg(g.shops, ', ' ORDER BY g.currency), ''), coalesce(sum(g.confirmed), 0),
           coalesce(array_agg(g.currency ORDER BY g.currency), '{}'), coalesce(array_agg(g.typed ORDER BY g.currency), '{}')
    FROM (
        SELECT i.currency, count(*) AS items, min(ARRAY[to_char(i.position, '000'), i.title]) AS first, string_agg(DISTINCT i.shop, ', ') AS shops,
               count(*) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')) AS active,
               count(*) FILTER (WHERE i.status IN ('at_warehouse', 'ready_to_ship', 'shipped', 'delivered')) AS arrived,
               coalesce(sum(i.unit_price * i.quantity) FILTER (WHERE i.status NOT IN ('unavailable', 'cancelled', 'returned')), 0) AS confirmed,
               sum(i.price * i.quantity)::bigint AS typed
        FROM items i WHERE i.order_id = o.id AND (i.status <> 'cancelled' OR o.status = 'cancelled')
        GROUP BY i.currency
    ) g
);
