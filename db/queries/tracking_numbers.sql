-- name: TrackingOf :many
-- TrackingOf lists the numbers of parcels, each with whose it is and where it can be followed.
SELECT sqlc.embed(n), sqlc.embed(c), sqlc.embed(t)
FROM tracking_numbers n JOIN carriers c ON c.code = n.carrier_code CROSS JOIN trackers t
WHERE n.parcel_id = ANY (@parcel_ids::bigint[]) ORDER BY n.parcel_id, n.id;

-- name: Trackers :many
-- Trackers are all carriers, each with where its numbers can be followed: what a list of parcels needs beside their numbers.
SELECT sqlc.embed(c), sqlc.embed(t) FROM carriers c CROSS JOIN trackers t;

-- name: insertTrackingNumber :one
-- insertTrackingNumber writes a number once; the second time there is no row.
INSERT INTO tracking_numbers (parcel_id, carrier_code, number, by, at) VALUES (@parcel_id, @carrier_code, @number, @by, @at)
ON CONFLICT (parcel_id, number) DO NOTHING RETURNING *;

-- name: deleteTrackingNumber :one
DELETE FROM tracking_numbers WHERE parcel_id = @parcel_id AND number = @number RETURNING *;

-- name: ParcelsByNumber :many
-- ParcelsByNumber finds the parcels that carry a tracking number.
SELECT parcel_id FROM tracking_numbers WHERE number = @number ORDER BY id LIMIT 10;
