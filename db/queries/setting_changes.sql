-- name: SettingChanges :many
-- SettingChanges are who changed what in the operator's tables, the newest first; of one thing only, when it is named.
SELECT sqlc.embed(s), coalesce(nullif(a.name, ''), a.email)::text AS by_name
FROM setting_changes s JOIN accounts a ON a.id = s.by
WHERE (@name::text = '' OR s.name = @name::text) AND s.id < @below::bigint ORDER BY s.id DESC LIMIT @lim::int;

-- name: insertSettingChange :exec
INSERT INTO setting_changes (subject, name, valid_from, differences, by, at) VALUES (@subject, @name, @valid_from, @differences, @by, @at);
