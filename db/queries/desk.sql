-- name: DeskCounts :one
-- DeskCounts is how much waits in each queue of the desk, up to a hundred: each from an index of its own.
SELECT
    (SELECT count(*) FROM (SELECT FROM orders WHERE status = 'new' AND priced_at IS NULL AND changed_at IS NULL LIMIT 100) q) AS fresh,
    (SELECT count(*) FROM (SELECT FROM orders WHERE status = 'new' AND changed_at IS NOT NULL LIMIT 100) q) AS changed,
    (SELECT count(*) FROM (SELECT FROM orders WHERE status = 'new' AND priced_at IS NOT NULL LIMIT 100) q) AS unpaid,
    (SELECT count(*) FROM (SELECT FROM orders WHERE comment <> '' AND comment_seen_at IS NULL AND status <> 'cancelled' LIMIT 100) q) AS unread,
    (SELECT count(*) FROM (SELECT FROM payments WHERE status IN ('unmatched', 'suggested') LIMIT 100) q) AS payments,
    (SELECT count(*) FROM (SELECT FROM orders WHERE to_buy > 0 LIMIT 100) q) AS to_buy,
    (SELECT count(*) FROM (SELECT FROM items WHERE status = 'purchased' LIMIT 100) q) AS coming,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'assembling' AND packed_at IS NULL AND packer_id IS NULL AND open_holds = 0 LIMIT 100) q) AS queue,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'assembling' AND packed_at IS NULL AND packer_id IS NOT NULL LIMIT 100) q) AS taken,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'assembling' AND open_holds > 0 LIMIT 100) q) AS blocked,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE wanted_address_id IS NOT NULL LIMIT 100) q) AS asking,
    (SELECT count(*) FROM (SELECT FROM items WHERE status = 'at_warehouse' AND NOT in_parcel LIMIT 100) q) AS loose,
    (SELECT count(*) FROM (SELECT FROM parcels WHERE status = 'ready_to_ship' LIMIT 100) q) AS ready,
    (SELECT count(*) FROM (SELECT FROM parcels p JOIN methods m ON m.code = p.method_code
        WHERE p.status = 'shipped' AND p.numbers = 0 AND m.tracking_mode <> 'none' LIMIT 100) q) AS untracked,
    (SELECT count(*) FROM (SELECT FROM parcels p JOIN methods m ON m.code = p.method_code
        WHERE p.status = 'ready_to_ship' AND p.promised_on < @today::date AND m.dispatch_policy <> 'schedule' LIMIT 100) q) AS late,
    (SELECT count(*) FROM (SELECT FROM tickets WHERE status = 'open' LIMIT 100) q) AS tickets,
    (SELECT count(*) FROM (SELECT FROM tickets WHERE status = 'open' AND order_id IS NOT NULL LIMIT 100) q) AS order_tickets,
    (SELECT count(*) FROM (SELECT FROM dreams WHERE status = 'submitted' LIMIT 100) q) AS dreams,
    (SELECT count(*) FROM (SELECT FROM consultations WHERE specialist_id = @by::bigint AND due_at IS NOT NULL LIMIT 100) q) AS consultations,
    (SELECT count(*) FROM (SELECT FROM mails WHERE status = 'failed' LIMIT 100) q) AS mails;
