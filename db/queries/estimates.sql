-- name: EstimateByName :one
SELECT * FROM estimates WHERE name = @name;

-- name: setEstimate :exec
INSERT INTO estimates (name, days, updated_at) VALUES (@name, @days, @at)
ON CONFLICT (name) DO UPDATE SET days = excluded.days, updated_at = excluded.updated_at;
