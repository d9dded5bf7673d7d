-- name: DeskCounts :one
-- DeskCounts is how much waits in each queue of the desk, up to a thousand.
SELECT
    (SELECT count(*) FROM (SELECT FROM orders WHERE status = 'new' AND priced_at IS NULL AND changed_at IS NULL LIMIT 1000) q) +
    (SELECT count(*) FROM (SELECT FROM orders WHERE status = 'new' AND changed_at IS NOT NULL LIMIT 1000) q) AS orders,
    (SELECT count(*) FROM (SELECT FROM payments WHERE status IN ('unmatched', 'suggested') LIMIT 1000) q) AS payments,
    (SELECT count(*) FROM (SELECT FROM items i JOIN orders o ON o.id = i.order_id WHERE i.status = 'under_review' AND o.status = 'processing' LIMIT 1000) q) AS buying,
    (SELECT count(*) FROM (SELECT FROM items i WHERE i.status = 'purchased' LIMIT 1000) q) AS receiving,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'assembling' AND packed_at IS NULL AND open_holds = 0 LIMIT 1000) q) AS assembly,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'ready_to_ship' LIMIT 1000) q) AS shipping,
    (SELECT count(*) FROM (SELECT FROM tickets WHERE status = 'open' LIMIT 1000) q) AS tickets,
    (SELECT count(*) FROM (SELECT FROM tickets WHERE status = 'open' AND order_id IS NOT NULL LIMIT 1000) q) AS order_tickets,
    (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'failed' LIMIT 1000) q) AS mails;
