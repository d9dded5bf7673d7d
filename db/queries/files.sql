-- name: fileContent :one
-- fileContent has a small letter although it reads: whoever asks has found out first whose file it is. Without content
-- it lies elsewhere.
SELECT content FROM file_contents WHERE file_id = @file_id AND variant = @variant;

-- name: fileContentsHere :many
SELECT variant FROM file_contents WHERE file_id = @file_id AND content IS NOT NULL;

-- name: filesHere :many
-- filesHere are files that may move to object storage, in their order.
SELECT DISTINCT file_id FROM file_contents g JOIN files f ON f.id = g.file_id
WHERE g.content IS NOT NULL AND f.redaction <> 'pending' ORDER BY file_id LIMIT @lim::int;

-- name: insertFile :one
INSERT INTO files (account_id, subject, subject_id, content_type, width, height, bytes, sha256, redaction, by, created_at)
VALUES (@account_id, @subject, @subject_id, @content_type, @width, @height, @bytes, @sha256, @redaction, @by, @at)
RETURNING *;

-- name: deleteFile :exec
DELETE FROM files WHERE id = @id;

-- name: insertFileContent :exec
INSERT INTO file_contents (file_id, variant, content) VALUES (@file_id, @variant, @content::bytea);

-- name: FileToRedact :one
SELECT * FROM files WHERE id = @id AND redaction = 'pending';

-- name: redactFile :execrows
-- redactFile says how it went, once. The sum stays that of what was sent: sent again, it is known.
UPDATE files SET redaction = @redaction, bytes = @bytes WHERE id = @id AND redaction = 'pending';

-- name: replaceFileContent :exec
UPDATE file_contents SET content = @content::bytea WHERE file_id = @file_id AND variant = @variant;

-- name: emptyFileContent :execrows
UPDATE file_contents SET content = NULL WHERE file_id = @file_id AND variant = @variant;

-- name: deleteFileContents :many
-- deleteFileContents says of each variant whether it lay elsewhere.
DELETE FROM file_contents WHERE file_id = @file_id RETURNING variant, (content IS NULL)::boolean AS elsewhere;

-- name: FileByID :one
-- FileByID is for rules, which have found out whose file it is.
SELECT * FROM files WHERE id = @id;
