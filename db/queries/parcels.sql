-- name: ParcelOf :one
-- ParcelOf finds a customer's own parcel.
SELECT * FROM parcels WHERE id = @id AND account_id = @account_id;

-- name: ParcelByID :one
-- ParcelByID is for the desk and for jobs.
SELECT * FROM parcels WHERE id = @id;

-- name: ParcelByKey :one
-- ParcelByKey finds what the same form made before.
SELECT * FROM parcels WHERE key = @key;

-- name: ParcelsOf :many
-- ParcelsOf lists a customer's parcels, newest first, below an id, with what keeps them and their place in the queue.
-- Only what is new is asked what it waits for, and the first thousand of the queue are read once, if anything of the page
-- is in it: as one array, since to count who is before each would walk through it for every row.
-- The customer is a value that the planner can not see: of one with half of all parcels it would believe that every second
-- row is theirs, and walk back through everybody's.
SELECT sqlc.embed(p), sqlc.embed(m),
    p.held_for AS holds,
    (SELECT count(*) FROM parcel_items pi JOIN items i ON i.id = pi.item_id
     WHERE p.status = 'new' AND pi.parcel_id = p.id AND pi.freed_at IS NULL AND i.status IN ('under_review', 'purchased')) AS awaited,
    (CASE WHEN p.status = 'assembling' AND p.packed_at IS NULL AND p.packer_id IS NULL AND p.open_holds = 0 THEN
        coalesce(array_position((SELECT array_agg(q.id) FROM (
            SELECT f.id FROM parcels f WHERE f.status = 'assembling' AND f.packed_at IS NULL AND f.packer_id IS NULL AND f.open_holds = 0
            ORDER BY (NOT f.expedited), f.queued_at, f.id LIMIT 1000) q), p.id), 1001)
     ELSE 0 END)::int AS place,
    coalesce((SELECT e.days FROM estimates e WHERE e.name = 'assembly'), 0)::int AS days
FROM parcels p JOIN methods m ON m.code = p.method_code
WHERE p.account_id = (SELECT @account_id::bigint) AND p.id < @below ORDER BY p.id DESC LIMIT @lim::int;

-- name: CustomerParcel :one
-- CustomerParcel is one row of ParcelsOf.
SELECT sqlc.embed(p), sqlc.embed(m),
    p.held_for AS holds,
    (SELECT count(*) FROM parcel_items pi JOIN items i ON i.id = pi.item_id
     WHERE p.status = 'new' AND pi.parcel_id = p.id AND pi.freed_at IS NULL AND i.status IN ('under_review', 'purchased')) AS awaited,
    (SELECT count(*) FROM (
        SELECT FROM parcels q
        WHERE q.status = 'assembling' AND q.packed_at IS NULL AND q.packer_id IS NULL AND q.open_holds = 0
          AND p.status = 'assembling' AND p.packed_at IS NULL AND p.packer_id IS NULL
          AND ((NOT q.expedited), q.queued_at, q.id) < ((NOT p.expedited), p.queued_at, p.id) LIMIT 1000) before) + 1 AS place,
    coalesce((SELECT e.days FROM estimates e WHERE e.name = 'assembly'), 0)::int AS days
FROM parcels p JOIN methods m ON m.code = p.method_code
WHERE p.id = @id AND p.account_id = @account_id;

-- name: ItemsOfParcel :many
-- ItemsOfParcel lists what a parcel holds, or held when it was cancelled.
SELECT i.* FROM parcels p
JOIN parcel_items pi ON pi.parcel_id = p.id AND pi.freed_at IS NOT DISTINCT FROM p.cancelled_at
JOIN items i ON i.id = pi.item_id
WHERE p.id = @parcel_id ORDER BY i.order_id, i.position, i.id;

-- name: FreeItemsOf :many
-- FreeItemsOf lists a customer's items that have not left and lie in no parcel, to be picked for one.
SELECT sqlc.embed(i), u.expected_on FROM items i LEFT JOIN purchases u ON u.id = i.purchase_id
WHERE i.account_id = @account_id AND i.status IN ('under_review', 'purchased', 'at_warehouse')
  AND NOT EXISTS (SELECT FROM parcel_items pi WHERE pi.item_id = i.id AND pi.freed_at IS NULL)
ORDER BY i.order_id DESC, i.position, i.id LIMIT 500;

-- name: ItemsByID :many
-- ItemsByID are items of several orders, for the rows of a list.
SELECT * FROM items WHERE id = ANY (@ids::bigint[]) ORDER BY order_id, position, id;

-- name: AddressesByID :many
-- AddressesByID are addresses of several books, for the rows of a list at the desk.
SELECT * FROM addresses WHERE id = ANY (@ids::bigint[]);

-- name: ParcelOfItem :one
-- ParcelOfItem is the parcel in which an item lies now.
SELECT p.* FROM parcels p JOIN parcel_items pi ON pi.parcel_id = p.id WHERE pi.item_id = @item_id AND pi.freed_at IS NULL;

-- name: ParcelsOfItems :many
-- ParcelsOfItems says which items of an order lie in which parcel; an item in a new one is «Заморожен».
SELECT pi.item_id, p.id AS parcel_id, p.status FROM items i
JOIN parcel_items pi ON pi.item_id = i.id AND pi.freed_at IS NULL
JOIN parcels p ON p.id = pi.parcel_id
WHERE i.order_id = @order_id;

-- name: WaitingParcelsOf :many
-- WaitingParcelsOf are an account's parcels that money or an address may move on.
SELECT id FROM parcels WHERE account_id = @account_id AND status = 'assembling' ORDER BY id;

-- name: WaitingParcelsBy :many
-- WaitingParcelsBy walks through the parcels of a method that have not left yet.
SELECT id FROM parcels WHERE method_code = @method_code AND status IN ('assembling', 'ready_to_ship') AND id > @after ORDER BY id LIMIT 500;

-- name: FormableItems :many
-- FormableItems are the active items of an order, each with whether it lies in a parcel.
SELECT sqlc.embed(i), EXISTS (SELECT FROM parcel_items pi WHERE pi.item_id = i.id AND pi.freed_at IS NULL)::bool AS in_parcel
FROM items i WHERE i.order_id = @order_id AND i.status NOT IN ('unavailable', 'cancelled', 'returned')
ORDER BY i.position, i.id;

-- name: Proposals :many
-- Proposals groups what lies at the warehouse in no parcel by where it goes and how, after a group.
SELECT i.account_id, a.name AS customer, coalesce(d.id, 0)::bigint AS address_id, coalesce(m.code, '')::text AS method_code,
    array_agg(i.id ORDER BY i.order_id, i.position, i.id)::bigint[] AS item_ids,
    array_agg(DISTINCT i.order_id)::bigint[] AS order_ids,
    (SELECT count(*) FROM items w WHERE w.order_id = ANY (array_agg(DISTINCT i.order_id)) AND w.status IN ('under_review', 'purchased')) AS awaited,
    min(i.status_since)::timestamptz AS since
FROM items i
JOIN orders o ON o.id = i.order_id
JOIN accounts a ON a.id = i.account_id
LEFT JOIN LATERAL (SELECT * FROM addresses d WHERE d.account_id = i.account_id AND (d.id = o.address_id OR d.is_default)
                   ORDER BY d.id = o.address_id DESC NULLS LAST LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT m.code FROM methods m
                   WHERE m.enabled AND (d.id IS NULL OR (SELECT z.zone FROM zones z WHERE z.method_code = m.code AND z.country IN (d.country, '*')
                                                        ORDER BY z.country = '*' LIMIT 1) <> '')
                   ORDER BY m.code = o.method_code DESC NULLS LAST, m.position, m.code LIMIT 1) m ON true
WHERE i.status = 'at_warehouse' AND NOT i.in_parcel
GROUP BY i.account_id, a.name, coalesce(d.id, 0), coalesce(m.code, '')
HAVING (i.account_id, coalesce(d.id, 0), coalesce(m.code, '')) > (@account_id::bigint, @address_id::bigint, @method_code::text)
ORDER BY i.account_id, coalesce(d.id, 0), coalesce(m.code, '') LIMIT @lim::int;

-- name: AssemblyQueue :many
-- AssemblyQueue lists what packers may take, expedited first, then in the order of arrival, after a parcel, and before
-- it what lies on their tables: of each parcel only what this list shows, so that no row is looked for twice. What a
-- customer has not sent to processing yet is invisible here.
SELECT q.id, q.expedited, q.queued_at, q.packer_id, q.customer, q.packer, q.items, q.taken, sqlc.embed(m)
FROM (
    (SELECT t.id, t.expedited, t.queued_at, t.packer_id, t.taken_at, t.method_code, t.customer, t.packer, t.item_count::bigint AS items, true AS taken FROM parcels t
     WHERE t.status = 'assembling' AND t.packed_at IS NULL AND t.packer_id IS NOT NULL LIMIT 100)
    UNION ALL
    (SELECT f.id, f.expedited, f.queued_at, f.packer_id, f.taken_at, f.method_code, f.customer, f.packer, f.item_count::bigint, false FROM parcels f
     WHERE f.status = 'assembling' AND f.packed_at IS NULL AND f.packer_id IS NULL AND f.open_holds = 0
       AND ((NOT f.expedited), f.queued_at, f.id) > (@late::bool, @after::timestamptz, @above::bigint)
     ORDER BY (NOT f.expedited), f.queued_at, f.id LIMIT @lim::int)
) q
JOIN methods m ON m.code = q.method_code
ORDER BY q.taken DESC, CASE WHEN q.taken THEN q.taken_at END, (NOT q.expedited), q.queued_at, q.id;

-- name: TakenBy :one
-- TakenBy is the parcel that a packer has on the table.
SELECT * FROM parcels
WHERE packer_id = @packer_id AND status = 'assembling' AND packed_at IS NULL ORDER BY taken_at, id LIMIT 1;

-- name: BlockedParcels :many
-- BlockedParcels lists what can not be worked on, with the reasons, after a parcel.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), p.customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.status = 'assembling' AND p.open_holds > 0 AND (p.queued_at, p.id) > (@queued_at::timestamptz, @id::bigint)
ORDER BY p.queued_at, p.id LIMIT @lim::int;

-- name: AskingParcels :many
-- AskingParcels lists parcels whose customers ask for another address.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), p.customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.wanted_address_id IS NOT NULL AND p.id > @after ORDER BY p.id LIMIT @lim::int;

-- name: ReadyParcels :many
-- ReadyParcels lists what has to leave day by day, method by method, after a parcel; of one method only, when it is named.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), p.customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.status = 'ready_to_ship' AND m.dispatch_policy <> 'schedule' AND (@chosen::text = '' OR p.method_code = @chosen)
  AND (p.method_code, p.ready_at, p.id) > (@method_code::text, @ready_at::timestamptz, @id::bigint)
ORDER BY p.method_code, p.ready_at, p.id LIMIT @lim::int;

-- name: LateParcels :many
-- LateParcels lists what was promised for a day before today and has not left, the oldest promise first, after a parcel.
-- What goes by a schedule was promised a trip, not a day.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), p.customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.status = 'ready_to_ship' AND m.dispatch_policy <> 'schedule' AND p.promised_on < @today::date
  AND (p.promised_on, p.id) > (@promised_on::date, @id::bigint)
ORDER BY p.promised_on, p.id LIMIT @lim::int;

-- name: ScheduledParcels :many
-- ScheduledParcels lists what leaves by a schedule, trip by trip; of one method only, when it is named.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), p.customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.status = 'ready_to_ship' AND m.dispatch_policy = 'schedule' AND (@chosen::text = '' OR p.method_code = @chosen)
ORDER BY p.method_code, p.promised_on, p.id LIMIT 500;

-- name: ParcelRows :many
-- ParcelRows are rows of the warehouse's lists by id.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), a.name AS customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
JOIN accounts a ON a.id = p.account_id LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.id = ANY (@ids::bigint[]) AND p.status <> 'new' ORDER BY p.id;

-- name: UntrackedParcels :many
-- UntrackedParcels lists shipped parcels whose number is still to be entered, after a parcel.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), a.name AS customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
JOIN accounts a ON a.id = p.account_id LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.status = 'shipped' AND p.numbers = 0 AND m.tracking_mode <> 'none' AND p.id > @after
ORDER BY p.id LIMIT @lim::int;

-- name: DeskParcel :one
-- DeskParcel is one row of the warehouse's lists. A parcel that its customer still keeps is not there.
SELECT sqlc.embed(p), sqlc.embed(m), sqlc.embed(c), a.name AS customer, coalesce(w.name, '')::text AS packer,
    p.item_count::bigint AS items
FROM parcels p JOIN methods m ON m.code = p.method_code JOIN carriers c ON c.code = m.carrier_code
JOIN accounts a ON a.id = p.account_id LEFT JOIN accounts w ON w.id = p.packer_id
WHERE p.id = @id AND p.status <> 'new';

-- name: ReadyByMethod :many
-- ReadyByMethod counts what has to leave by each method, and since when the oldest waits.
SELECT m.code, count(*) AS parcels, min(p.promised_on)::date AS promised_on
FROM parcels p JOIN methods m ON m.code = p.method_code WHERE p.status = 'ready_to_ship'
GROUP BY m.code, m.position ORDER BY m.position, m.code;

-- name: AssemblingParcels :many
-- AssemblingParcels walks through everything that is being assembled, for the nightly sweep.
SELECT id FROM parcels WHERE status = 'assembling' AND id > @after ORDER BY id LIMIT 500;

-- name: AssemblySpans :many
-- AssemblySpans says of the parcels that lately became ready when they came into the queue.
SELECT queued_at::timestamptz AS queued_at, ready_at::timestamptz AS ready_at FROM parcels
WHERE ready_at > @since::timestamptz AND queued_at IS NOT NULL ORDER BY ready_at DESC LIMIT 500;

-- name: lockParcel :one
SELECT * FROM parcels WHERE id = @id FOR UPDATE;

-- name: lockParcelOrders :many
-- lockParcelOrders locks the orders whose items a parcel holds; they come after the parcel.
SELECT o.* FROM orders o
WHERE o.id IN (SELECT i.order_id FROM parcel_items pi JOIN items i ON i.id = pi.item_id WHERE pi.parcel_id = @parcel_id AND pi.freed_at IS NULL)
ORDER BY o.id FOR UPDATE;

-- name: lockParcelOrder :one
SELECT * FROM orders WHERE id = @id FOR UPDATE;

-- name: lockParcelPacker :one
-- lockParcelPacker makes one packer's clicks wait for each other.
SELECT id FROM accounts WHERE id = @id FOR NO KEY UPDATE;

-- name: insertParcel :one
-- insertParcel makes a parcel once for a key; the second time there is no row. The account waits with a new name meanwhile.
INSERT INTO parcels (account_id, customer, status, status_since, own, address_id, method_code, queued_at, key, created_at)
SELECT a.id, a.name, @status, @at::timestamptz, @own, @address_id, @method_code, sqlc.narg(queued_at), @key, @at::timestamptz
FROM accounts a WHERE a.id = @account_id FOR SHARE
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: nameParcels :exec
-- nameParcels calls the customer of what has not left by a new name.
UPDATE parcels SET customer = @customer WHERE account_id = @account_id AND status IN ('new', 'assembling', 'ready_to_ship') AND customer <> @customer;

-- name: namePacker :exec
-- namePacker calls whoever has parcels on the table by a new name.
UPDATE parcels SET packer = @packer WHERE packer_id = @packer_id AND status = 'assembling' AND packed_at IS NULL AND packer <> @packer;

-- name: addParcelItems :exec
WITH added AS (
    INSERT INTO parcel_items (parcel_id, item_id, added_at) SELECT @parcel_id, unnest(@item_ids::bigint[]), @at RETURNING item_id
), counted AS (
    UPDATE parcels SET item_count = item_count + (SELECT count(*) FROM added) WHERE id = @parcel_id
)
UPDATE items SET in_parcel = true WHERE id IN (SELECT item_id FROM added);

-- name: freeParcelItems :exec
WITH freed AS (
    UPDATE parcel_items SET freed_at = @at::timestamptz
    WHERE parcel_id = @parcel_id AND item_id = ANY (@item_ids::bigint[]) AND freed_at IS NULL RETURNING item_id
), counted AS (
    UPDATE parcels SET item_count = item_count - (SELECT count(*) FROM freed) WHERE id = @parcel_id
)
UPDATE items SET in_parcel = false WHERE id IN (SELECT item_id FROM freed);

-- name: emptyParcel :exec
WITH freed AS (
    UPDATE parcel_items SET freed_at = @at::timestamptz WHERE parcel_id = @parcel_id AND freed_at IS NULL RETURNING item_id
), counted AS (
    UPDATE parcels SET item_count = 0 WHERE id = @parcel_id
)
UPDATE items SET in_parcel = false WHERE id IN (SELECT item_id FROM freed);

-- name: directParcel :one
-- directParcel says where a parcel goes and how.
UPDATE parcels SET address_id = @address_id, method_code = @method_code, wanted_address_id = NULL, version = version + 1 WHERE id = @id RETURNING *;

-- name: askParcelAddress :one
UPDATE parcels SET wanted_address_id = @wanted_address_id, version = version + 1 WHERE id = @id RETURNING *;

-- name: queueParcel :one
UPDATE parcels SET status = 'assembling', status_since = @at::timestamptz, queued_at = @at::timestamptz, version = version + 1 WHERE id = @id RETURNING *;

-- name: recallParcel :one
UPDATE parcels SET status = 'new', status_since = @at::timestamptz, queued_at = NULL, expedited = false, wanted_address_id = NULL, version = version + 1
WHERE id = @id RETURNING *;

-- name: cancelParcel :one
UPDATE parcels SET status = 'cancelled', status_since = @at::timestamptz, cancelled_at = @at::timestamptz, cancel_reason = @reason,
    wanted_address_id = NULL, version = version + 1
WHERE id = @id RETURNING *;

-- name: takeNextParcel :one
-- takeNextParcel gives a packer the first parcel of the queue that nobody else is taking.
UPDATE parcels u SET packer_id = @packer_id, packer = (SELECT a.name FROM accounts a WHERE a.id = @packer_id), taken_at = @at::timestamptz, version = u.version + 1
WHERE u.id = (SELECT p.id FROM parcels p
            WHERE p.status = 'assembling' AND p.packed_at IS NULL AND p.packer_id IS NULL AND p.open_holds = 0
            ORDER BY (NOT p.expedited), p.queued_at, p.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING u.*;

-- name: releaseParcel :one
UPDATE parcels SET packer_id = NULL, packer = '', taken_at = NULL, version = version + 1 WHERE id = @id RETURNING *;

-- name: weighParcel :one
UPDATE parcels SET actual_grams = @actual_grams::int, volumetric_grams = @volumetric_grams::int, billable_grams = @billable_grams::int,
    length_mm = @length_mm::int, width_mm = @width_mm::int, height_mm = @height_mm::int,
    packer_id = @packer_id, packed_at = @at::timestamptz, version = version + 1
WHERE id = @id RETURNING *;

-- name: readyParcel :one
UPDATE parcels SET status = 'ready_to_ship', status_since = @at::timestamptz, ready_at = @at::timestamptz, ship_to = @ship_to,
    promised_on = @promised_on, missed_on = NULL, version = version + 1
WHERE id = @id RETURNING *;

-- name: promiseParcel :one
-- promiseParcel moves the day on which a ready parcel leaves.
UPDATE parcels SET promised_on = @promised_on, version = version + 1 WHERE id = @id RETURNING *;

-- name: promiseAgain :one
-- promiseAgain promises another day in the place of one that was missed.
UPDATE parcels SET missed_on = promised_on, promised_on = @promised_on::date, version = version + 1 WHERE id = @id RETURNING *;

-- name: reopenParcel :one
-- reopenParcel puts a ready parcel back on a table; its place in the queue stays.
UPDATE parcels u SET status = 'assembling', status_since = @at::timestamptz, ready_at = NULL, ship_to = NULL, packed_at = NULL,
    packer_id = @packer_id, packer = (SELECT a.name FROM accounts a WHERE a.id = @packer_id FOR SHARE), taken_at = @at::timestamptz, version = u.version + 1
WHERE u.id = @id RETURNING u.*;

-- name: repackParcel :one
-- repackParcel leaves a reopened parcel packed, because only its address changed.
UPDATE parcels SET packed_at = @packed_at WHERE id = @id RETURNING *;

-- name: shipParcel :one
UPDATE parcels SET status = 'shipped', status_since = @at::timestamptz, shipped_at = @at::timestamptz, wanted_address_id = NULL, version = version + 1
WHERE id = @id RETURNING *;

-- name: sumUpNumbers :one
-- sumUpNumbers keeps with a parcel what tracking numbers it has and whose they are.
UPDATE parcels p SET (numbers, tracking, tracked_by) = (
    SELECT count(*), coalesce(array_agg(n.number ORDER BY n.id), '{}'), coalesce(array_agg(n.carrier_code ORDER BY n.id), '{}')
    FROM tracking_numbers n WHERE n.parcel_id = p.id), version = version + 1
WHERE p.id = @id RETURNING *;
