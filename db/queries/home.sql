-- name: ParcelsWaitingFor :many
-- ParcelsWaitingFor are a customer's parcels that wait for the customer: with what keeps them, and those of their own
-- whose items have all come.
SELECT sqlc.embed(p),
    p.held_for AS holds
FROM parcels p
WHERE p.account_id = @account_id
  AND (p.status = 'assembling' AND p.open_holds > 0
       OR p.status = 'new' AND NOT EXISTS (
           SELECT FROM parcel_items pi JOIN items i ON i.id = pi.item_id
           WHERE pi.parcel_id = p.id AND pi.freed_at IS NULL AND i.status IN ('under_review', 'purchased')))
ORDER BY p.id LIMIT 10;

-- name: OrdersOnTheirWay :many
-- OrdersOnTheirWay are a customer's paid orders that can still lack data of the recipient.
SELECT * FROM orders WHERE account_id = @account_id AND status = 'processing' ORDER BY created_at DESC, id DESC LIMIT 5;

-- name: TourIsClosed :one
-- TourIsClosed reports whether an account has seen enough of what the cabinet can do.
SELECT EXISTS (SELECT FROM closed_tours WHERE account_id = @account_id)::boolean;

-- name: closeTour :exec
INSERT INTO closed_tours (account_id) VALUES (@account_id) ON CONFLICT DO NOTHING;
