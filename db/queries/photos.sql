-- name: BoxesOf :many
-- BoxesOf lists what came with these items in it, the first box first.
SELECT sqlc.embed(r), (SELECT count(*) FROM items i WHERE i.receipt_id = r.id) AS items,
    coalesce((SELECT string_agg(i.title, ', ' ORDER BY i.position, i.id) FROM items i WHERE i.receipt_id = r.id), '')::text AS titles
FROM receipts r
WHERE r.id IN (SELECT i.receipt_id FROM items i WHERE i.id = ANY (@held::bigint[])) AND r.undone_at IS NULL
ORDER BY r.at, r.id;

-- name: PhotosOfReceipts :many
-- PhotosOfReceipts lists the photos of some boxes, in the order in which they were added. One of a single thing has
-- its title.
SELECT p.*, coalesce(i.title, '')::text AS title, f.width, f.height, f.sha256, f.created_at
FROM photos p
JOIN files f ON f.id = p.file_id
LEFT JOIN items i ON i.id = p.item_id
WHERE p.receipt_id = ANY (@receipts::bigint[])
ORDER BY p.receipt_id, p.file_id;

-- name: PhotoOf :one
-- PhotoOf finds a photo of a customer's own things.
SELECT f.* FROM photos p JOIN files f ON f.id = p.file_id WHERE p.file_id = @file_id AND f.account_id = @account_id;

-- name: PhotoByID :one
-- PhotoByID is for the desk.
SELECT f.* FROM photos p JOIN files f ON f.id = p.file_id WHERE p.file_id = @file_id;

-- name: insertPhoto :exec
INSERT INTO photos (file_id, receipt_id, item_id) VALUES (@file_id, @receipt_id, sqlc.narg(item_id));

-- name: deletePhoto :execrows
DELETE FROM photos WHERE file_id = @file_id AND receipt_id = @receipt_id;
