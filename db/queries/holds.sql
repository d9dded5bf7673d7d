-- name: HoldsOf :many
-- HoldsOf are what keeps a parcel from leaving now.
SELECT * FROM holds WHERE parcel_id = @parcel_id AND cleared_at IS NULL ORDER BY id;

-- name: HoldsOfParcels :many
-- HoldsOfParcels is HoldsOf for all rows of a list.
SELECT * FROM holds WHERE parcel_id = ANY (@parcel_ids::bigint[]) AND cleared_at IS NULL ORDER BY parcel_id, id;

-- name: HoldsToRemind :many
-- HoldsToRemind are the holds for want of an address that have lasted, with how often their customer was reminded.
SELECT id, parcel_id FROM holds
WHERE kind = 'address_incomplete' AND cleared_at IS NULL
  AND (reminders = 0 AND since <= @first::timestamptz OR reminders = 1 AND since <= @second::timestamptz)
ORDER BY since, id LIMIT 500;

-- name: lockHold :one
SELECT * FROM holds WHERE id = @id FOR UPDATE;

-- name: insertHold :one
-- insertHold holds a parcel back for a reason, once, and keeps it with the parcel; the same reason twice gives no row.
WITH opened AS (
    INSERT INTO holds (parcel_id, kind, note, since) VALUES (@parcel_id, @kind, @note, @since)
    ON CONFLICT (parcel_id, kind) WHERE cleared_at IS NULL DO NOTHING RETURNING parcel_id, kind
)
UPDATE parcels p SET open_holds = p.open_holds + 1, held_for = p.held_for || o.kind, version = p.version + 1 FROM opened o WHERE p.id = o.parcel_id RETURNING p.*;

-- name: clearHold :one
-- clearHold takes a reason away, from the parcel too; one that was not there gives no row.
WITH cleared AS (
    UPDATE holds h SET cleared_at = @at::timestamptz WHERE h.parcel_id = @parcel_id AND h.kind = @kind AND h.cleared_at IS NULL RETURNING h.parcel_id, h.kind
)
UPDATE parcels p SET open_holds = p.open_holds - 1, held_for = array_remove(p.held_for, c.kind), version = p.version + 1 FROM cleared c WHERE p.id = c.parcel_id RETURNING p.*;

-- name: clearHolds :one
-- clearHolds takes every reason away, because the parcel is no longer on its way.
WITH cleared AS (UPDATE holds h SET cleared_at = @at::timestamptz WHERE h.parcel_id = @parcel_id AND h.cleared_at IS NULL)
UPDATE parcels p SET open_holds = 0, held_for = '{}' WHERE p.id = @parcel_id RETURNING p.*;

-- name: noteHold :exec
-- noteHold says anew what a hold waits for.
UPDATE holds SET note = @note WHERE parcel_id = @parcel_id AND kind = @kind AND cleared_at IS NULL AND note <> @note;

-- name: countHoldReminder :exec
UPDATE holds SET reminders = reminders + 1 WHERE id = @id;
