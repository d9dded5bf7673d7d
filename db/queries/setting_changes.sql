-- name: SettingChanges :many
-- SettingChanges are who changed what in the operator's tables, the newest first: of some kinds of things, or of all; of
-- one thing, when it is named.
SELECT sqlc.embed(s), coalesce(nullif(a.name, ''), a.email)::text AS by_name,
    coalesce(m.name_ru, c.name, '')::text AS name_ru, coalesce(m.name_en, c.name, '')::text AS name_en
FROM setting_changes s JOIN accounts a ON a.id = s.by
LEFT JOIN methods m ON m.code = s.name AND s.subject IN ('method', 'tariff', 'zones', 'fields', 'departures')
LEFT JOIN carriers c ON c.code = s.name AND s.subject = 'carrier'
WHERE s.subject = ANY (@subjects::text[]) AND (@name::text = '' OR s.name = @name::text) AND s.id < @below::bigint
ORDER BY s.id DESC LIMIT @lim::int;

-- name: insertSettingChange :exec
INSERT INTO setting_changes (subject, name, valid_from, differences, by, at) VALUES (@subject, @name, @valid_from, @differences, @by, @at);
