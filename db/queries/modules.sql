-- name: Modules :many
-- Modules are all there are, on and off, in the order of their tabs.
SELECT * FROM modules ORDER BY place;

-- name: EnabledModules :many
-- EnabledModules are those that are on.
SELECT name FROM modules WHERE enabled ORDER BY place;

-- name: lockModules :many
SELECT * FROM modules ORDER BY name FOR NO KEY UPDATE;

-- name: switchModule :exec
UPDATE modules SET enabled = @enabled WHERE name = @name;
