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

-- name: TasksOf :many
-- TasksOf is what waits for a customer in the magazine's half, whichever of its modules are on: questions of specialists and
-- answers that nobody has rated, prizes without an address, subscriptions that end and that nothing follows.
(SELECT 'question' AS kind, c.id::bigint AS id, c.subject AS title, 0::int AS number FROM consultations c
 WHERE c.account_id = @account_id AND c.status = 'awaiting_client' LIMIT 5)
UNION ALL
(SELECT 'answer', c.id, c.subject, 0 FROM consultations c
 WHERE c.account_id = @account_id AND c.status = 'answered' AND c.rating IS NULL LIMIT 5)
UNION ALL
(SELECT 'prize', e.id, o.title, p.place FROM contest_entries e
 JOIN contest_prizes p ON p.entry_id = e.id JOIN contests o ON o.id = e.contest_id
 WHERE e.account_id = @account_id AND p.goods <> '' AND p.ship_to = '{}' LIMIT 5)
UNION ALL
(SELECT 'ending', s.id, '', s.remaining FROM subscriptions s
 WHERE s.account_id = @account_id AND s.status = 'active' AND s.remaining <= 2 AND NOT s.renews
   AND NOT EXISTS (SELECT FROM subscriptions n WHERE n.follows = s.id AND n.status <> 'cancelled') LIMIT 5);

-- name: EventsOf :many
-- EventsOf is what happened to a customer in the magazine's half, the last first: dreams that were answered, contests that
-- are over, consultations that went on, issues that came.
(SELECT 'dream' AS kind, d.id::bigint AS id, ''::text AS title, d.status::text AS status, 0::int AS number, d.dreamed_on AS day, d.answered_at::timestamptz AS at FROM dreams d
 WHERE d.account_id = @account_id AND d.answered_at IS NOT NULL ORDER BY d.answered_at DESC LIMIT @lim::int)
UNION ALL
(SELECT 'contest', e.id, o.title, e.status, coalesce(p.place, 0), '0001-01-01'::date, o.finished_at FROM contest_entries e
 JOIN contests o ON o.id = e.contest_id LEFT JOIN contest_prizes p ON p.entry_id = e.id
 WHERE e.account_id = @account_id AND e.status = 'submitted' AND o.status = 'finished' ORDER BY e.id DESC LIMIT @lim::int)
UNION ALL
(SELECT 'consultation', c.id, c.subject, c.status, 0, '0001-01-01'::date, c.last_at FROM consultations c
 WHERE c.account_id = @account_id AND c.status <> 'draft' ORDER BY c.last_at DESC, c.id DESC LIMIT @lim::int)
UNION ALL
(SELECT 'issue', i.id, i.title, '', i.number, '0001-01-01'::date, s.at FROM subscription_issues s JOIN issues i ON i.id = s.issue_id
 WHERE s.account_id = @account_id AND NOT s.skipped ORDER BY s.issue_id DESC LIMIT @lim::int)
ORDER BY at DESC LIMIT @lim::int;
