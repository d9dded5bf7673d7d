-- name: AvatarOf :one
-- AvatarOf is the picture that an account chose for itself.
SELECT f.* FROM avatars a JOIN files f ON f.id = a.file_id WHERE a.account_id = @account_id;

-- name: AvatarFile :one
-- AvatarFile is a picture by its own number, for the account that it belongs to.
SELECT f.* FROM avatars a JOIN files f ON f.id = a.file_id WHERE a.file_id = @file_id AND a.account_id = @account_id;

-- name: avatarFiles :many
SELECT file_id FROM avatars WHERE account_id = @account_id;

-- name: setAvatar :exec
INSERT INTO avatars (account_id, file_id) VALUES (@account_id, @file_id)
ON CONFLICT (account_id) DO UPDATE SET file_id = excluded.file_id;

-- name: deleteAvatar :exec
DELETE FROM avatars WHERE account_id = @account_id;
