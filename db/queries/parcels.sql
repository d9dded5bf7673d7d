-- name: ParcelOf :one
-- ParcelOf finds a customer's own parcel.
SELECT * FROM parcels WHERE id = @id AND account_id = @account_id;

-- name: ParcelByID :one
-- ParcelByID is for the desk and for jobs.
SELECT * FROM parcels WHERE id = @id;

-- name: lockParcel :one
SELECT * FROM parcels WHERE id = @id FOR UPDATE;
