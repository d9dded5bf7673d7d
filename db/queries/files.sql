-- name: fileContent :one
-- fileContent has a small letter although it reads: whoever asks has found out first whose file it is.
SELECT content FROM file_contents WHERE file_id = @file_id AND variant = @variant;

-- name: insertFile :one
INSERT INTO files (account_id, subject, subject_id, content_type, width, height, bytes, sha256, by, created_at)
VALUES (@account_id, @subject, @subject_id, @content_type, @width, @height, @bytes, @sha256, @by, @at)
RETURNING *;

-- name: deleteFile :exec
DELETE FROM files WHERE id = @id;

-- name: putFileContent :exec
INSERT INTO file_contents (file_id, variant, content) VALUES (@file_id, @variant, @content);

-- name: deleteFileContent :exec
DELETE FROM file_contents WHERE file_id = @file_id AND variant = @variant;
