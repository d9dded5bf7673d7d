-- name: DatabaseBytes :one
-- DatabaseBytes is how much room the database takes on its disk.
SELECT pg_database_size(current_database())::bigint;
