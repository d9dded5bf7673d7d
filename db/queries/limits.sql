-- name: takeLimit :one
-- takeLimit takes one from a bucket that holds burst and refills by one every so many seconds.
-- An empty bucket gives no row.
INSERT INTO limits AS l (key, tokens, at)
VALUES (sqlc.arg(key), sqlc.arg(burst)::float8 - 1, sqlc.arg(at)::timestamptz)
ON CONFLICT (key) DO UPDATE
SET tokens = least(sqlc.arg(burst)::float8, l.tokens + extract(epoch FROM sqlc.arg(at)::timestamptz - l.at)::float8 / sqlc.arg(seconds)::float8) - 1,
    at = greatest(l.at, sqlc.arg(at)::timestamptz)
WHERE least(sqlc.arg(burst)::float8, l.tokens + extract(epoch FROM sqlc.arg(at)::timestamptz - l.at)::float8 / sqlc.arg(seconds)::float8) >= 1
RETURNING tokens;

-- name: takeDailyLimit :one
-- takeDailyLimit counts from the first one on; a day later it begins anew. Beyond the most there is no row.
INSERT INTO limits AS l (key, tokens, at) VALUES (sqlc.arg(key), 1, sqlc.arg(at)::timestamptz)
ON CONFLICT (key) DO UPDATE
SET tokens = CASE WHEN l.at <= sqlc.arg(at)::timestamptz - interval '1 day' THEN 1 ELSE l.tokens + 1 END,
    at = CASE WHEN l.at <= sqlc.arg(at)::timestamptz - interval '1 day' THEN sqlc.arg(at)::timestamptz ELSE l.at END
WHERE l.at <= sqlc.arg(at)::timestamptz - interval '1 day' OR l.tokens < sqlc.arg(most)::float8
RETURNING tokens;

-- name: LimitByKey :one
SELECT * FROM limits WHERE key = @key;

-- name: clearLimit :exec
DELETE FROM limits WHERE key = @key;

-- name: tryLimit :one
-- tryLimit counts a try that may fail, before it is known whether it does. Each failure past the fifth
-- makes the next wait twice as long, up to a quarter of an hour. While it waits there is no row.
INSERT INTO limits AS l (key, tokens, at) VALUES (sqlc.arg(key), 1, sqlc.arg(at)::timestamptz)
ON CONFLICT (key) DO UPDATE
SET tokens = CASE WHEN l.at < sqlc.arg(at)::timestamptz - interval '1 day' THEN 1 ELSE l.tokens + 1 END,
    at = CASE WHEN l.tokens + 1 < 5 OR l.at < sqlc.arg(at)::timestamptz - interval '1 day' THEN sqlc.arg(at)::timestamptz
              ELSE sqlc.arg(at)::timestamptz + least(900, power(2, least(l.tokens + 1, 20) - 5) * 15) * interval '1 second' END
WHERE l.at <= sqlc.arg(at)::timestamptz
RETURNING tokens;

-- name: deleteOldLimits :exec
DELETE FROM limits WHERE at < @before;
