-- name: ContestsRunning :many
-- ContestsRunning are those that take entries, or will, and those whose entries are being judged.
SELECT id, status, title, teaser, starts_at, ends_at, entries FROM contests
WHERE status IN ('open', 'judging') ORDER BY ends_at, id LIMIT @lim::int;

-- name: ContestsFinished :many
-- ContestsFinished is a page of those that have results, the newest first, below a moment and an id.
SELECT id, status, title, teaser, finished_at::timestamptz AS finished_at, entries FROM contests
WHERE status = 'finished' AND (finished_at, id) < (@before::timestamptz, @below::bigint)
ORDER BY finished_at DESC, id DESC LIMIT @lim::int;

-- name: ContestShown :one
-- ContestShown is a contest that customers have ever seen.
SELECT * FROM contests WHERE id = @id AND opened_at IS NOT NULL;

-- name: ContestPrizes :many
SELECT place, points, goods FROM contest_prizes WHERE contest_id = @contest_id ORDER BY place;

-- name: WinnersOf :many
-- WinnersOf are the places of a finished contest that somebody took, as everybody may read it: of who did not agree to be
-- shown, there is nothing but the place.
SELECT p.place, p.points, p.goods, e.consent,
    CASE WHEN e.consent THEN e.shown_as ELSE '' END::text AS name,
    CASE WHEN e.consent THEN e.title ELSE '' END::text AS title,
    CASE WHEN e.consent THEN e.body ELSE '' END::text AS body,
    CASE WHEN e.consent THEN coalesce(e.picture, 0) ELSE 0 END::bigint AS picture
FROM contest_prizes p JOIN contests c ON c.id = p.contest_id JOIN contest_entries e ON e.id = p.entry_id
WHERE p.contest_id = @contest_id AND c.status = 'finished' ORDER BY p.place;

-- name: OwnContestEntries :many
-- OwnContestEntries are an account's entries in one contest, with the places they took.
SELECT e.id, e.number, e.title, e.status, e.created_at, coalesce(p.place, 0)::int AS place
FROM contest_entries e LEFT JOIN contest_prizes p ON p.entry_id = e.id
WHERE e.contest_id = @contest_id AND e.account_id = @account_id ORDER BY e.id;

-- name: ContestEntriesOf :many
-- ContestEntriesOf is a page of an account's entries in all contests, the newest first, below an id.
SELECT e.id, e.contest_id, e.title, e.status, e.created_at, coalesce(p.place, 0)::int AS place,
    c.title AS contest, c.status AS contest_status, c.ends_at
FROM contest_entries e JOIN contests c ON c.id = e.contest_id LEFT JOIN contest_prizes p ON p.entry_id = e.id
WHERE e.account_id = @account_id AND e.id < @below ORDER BY e.id DESC LIMIT @lim::int;

-- name: ContestEntryOf :one
-- ContestEntryOf finds an entry for who sent it in.
SELECT * FROM contest_entries WHERE id = @id AND account_id = @account_id;

-- name: ContestOfEntry :one
-- ContestOfEntry is the contest of an account's own entry.
SELECT c.* FROM contests c JOIN contest_entries e ON e.contest_id = c.id WHERE e.id = @id AND e.account_id = @account_id;

-- name: PrizeOfEntry :one
-- PrizeOfEntry is what an account's own entry has won.
SELECT p.* FROM contest_prizes p JOIN contest_entries e ON e.id = p.entry_id WHERE e.id = @id AND e.account_id = @account_id;

-- name: ContestEntryMoves :many
-- ContestEntryMoves is what became of an account's own entry, the newest first.
SELECT m.from_status, m.to_status, m.by, m.reason, m.at FROM contest_entry_moves m JOIN contest_entries e ON e.id = m.entry_id
WHERE m.entry_id = @entry_id AND e.account_id = @account_id ORDER BY m.id DESC LIMIT 50;

-- name: ContestPictureFor :one
-- ContestPictureFor is the picture of an entry, for who sent it in and, where that was agreed to, for everybody once it has won.
SELECT f.* FROM files f JOIN contest_entries e ON e.picture = f.id
WHERE f.id = @id AND f.subject = 'contest'
  AND (e.account_id = @account_id OR e.consent AND EXISTS (SELECT FROM contest_prizes p WHERE p.entry_id = e.id));

-- name: ContestPictureByID :one
-- ContestPictureByID is for the jury.
SELECT f.* FROM files f JOIN contest_entries e ON e.picture = f.id WHERE f.id = @id AND f.subject = 'contest';

-- name: ContestsAtDesk :many
-- ContestsAtDesk is a page of the contests in a status, the last changed first, below a moment and an id.
SELECT id, status, title, starts_at, ends_at, entries, changed_at FROM contests
WHERE status = @status::text AND (changed_at, id) < (@before::timestamptz, @below::bigint)
ORDER BY changed_at DESC, id DESC LIMIT @lim::int;

-- name: ContestByID :one
SELECT * FROM contests WHERE id = @id;

-- name: ContestByKey :one
SELECT * FROM contests WHERE key = @key;

-- name: MovesOfContest :many
-- MovesOfContest is what became of a contest, the newest first.
SELECT m.to_status, m.reason, m.at, coalesce(a.name, '')::text AS by_name
FROM contest_moves m LEFT JOIN accounts a ON a.id = m.by WHERE m.contest_id = @contest_id ORDER BY m.id DESC LIMIT 50;

-- name: JuryEntries :many
-- JuryEntries is a page of what a jury has before it, above a number: whose they are is not asked, only whether they are the
-- reader's own. Given are the reader's scores in the order of the criteria; of all scores there is the average.
SELECT e.id, e.number, e.title, left(e.body, 300)::text AS opening, e.picture, e.status, e.reason,
    (e.account_id = @reader)::boolean AS own,
    ARRAY(SELECT s.score FROM contest_scores s WHERE s.entry_id = e.id AND s.by = @reader ORDER BY s.criterion)::int[] AS given,
    coalesce((SELECT avg(s.score) FROM contest_scores s WHERE s.entry_id = e.id), 0)::float8 AS average,
    (SELECT count(DISTINCT s.by) FROM contest_scores s WHERE s.entry_id = e.id) AS judges
FROM contest_entries e
WHERE e.contest_id = @contest_id AND e.status <> 'withdrawn' AND e.number > @above AND (@this::bigint = 0 OR e.id = @this::bigint)
ORDER BY e.number LIMIT @lim::int;

-- name: JuryEntry :one
-- JuryEntry is one of them as a whole.
SELECT id, contest_id, number, title, body, picture, status, reason FROM contest_entries WHERE id = @id AND status <> 'withdrawn';

-- name: ContestRanking :many
-- ContestRanking are the entries that may take a place, the best first.
SELECT e.id, e.number, e.title, coalesce(s.average, 0)::float8 AS average, coalesce(s.judges, 0)::bigint AS judges
FROM contest_entries e
LEFT JOIN LATERAL (SELECT avg(score) AS average, count(DISTINCT by) AS judges FROM contest_scores WHERE entry_id = e.id) s ON true
WHERE e.contest_id = @contest_id AND e.status = 'submitted' ORDER BY s.average DESC NULLS LAST, e.number LIMIT @lim::int;

-- name: ContestAwards :many
-- ContestAwards are the places of a finished contest for the desk, with whom it has to send something.
SELECT sqlc.embed(p), e.number, e.title, e.account_id, e.consent, e.shown_as, a.name AS winner
FROM contest_prizes p JOIN contest_entries e ON e.id = p.entry_id JOIN accounts a ON a.id = e.account_id
WHERE p.contest_id = @contest_id ORDER BY p.place;

-- name: ContestEntrants :many
-- ContestEntrants are some of those who take part in a contest, above an account, with the entries that are theirs.
SELECT e.account_id, array_agg(e.id ORDER BY e.id)::bigint[] AS entries
FROM contest_entries e WHERE e.contest_id = @contest_id AND e.status = 'submitted' AND e.account_id > @above
GROUP BY e.account_id ORDER BY e.account_id LIMIT @lim::int;

-- name: ContestPlaces :many
-- ContestPlaces are the places of a contest, and who has them.
SELECT * FROM contest_prizes WHERE contest_id = @contest_id ORDER BY place;

-- name: setContestMailed :exec
UPDATE contests SET mailed_to = @mailed_to WHERE id = @id;

-- name: ContestsDue :many
-- ContestsDue are those that have ended and still take entries.
SELECT id FROM contests WHERE status = 'open' AND ends_at <= @at ORDER BY ends_at, id LIMIT 100;

-- name: lockContest :one
SELECT * FROM contests WHERE id = @id FOR UPDATE;

-- name: lockContestEntry :one
SELECT * FROM contest_entries WHERE id = @id FOR UPDATE;

-- name: lockContestPrizes :many
SELECT * FROM contest_prizes WHERE contest_id = @contest_id ORDER BY place FOR UPDATE;

-- name: insertContest :one
-- insertContest makes nothing when the form was sent before.
INSERT INTO contests (title, teaser, rules, html, starts_at, ends_at, entries_each, criteria, key, changed_at)
VALUES (@title, @teaser, @rules, @html, @starts_at, @ends_at, @entries_each, @criteria, @key, @at)
ON CONFLICT (key) DO NOTHING RETURNING *;

-- name: updateContest :one
UPDATE contests SET title = @title, teaser = @teaser, rules = @rules, html = @html, starts_at = @starts_at, ends_at = @ends_at,
    entries_each = @entries_each, criteria = @criteria, changed_at = @at, version = version + 1
WHERE id = @id RETURNING *;

-- name: moveContest :one
UPDATE contests SET status = @status, reason = @reason, changed_at = @at, version = version + 1,
    opened_at = CASE WHEN @status = 'open' THEN @at ELSE opened_at END,
    finished_at = CASE WHEN @status = 'finished' THEN @at::timestamptz END
WHERE id = @id RETURNING *;

-- name: insertContestMove :exec
INSERT INTO contest_moves (contest_id, from_status, to_status, by, reason, at) VALUES (@contest_id, @from_status, @to_status, @by, @reason, @at);

-- name: deleteContestPrizes :exec
DELETE FROM contest_prizes WHERE contest_id = @contest_id AND entry_id IS NULL;

-- name: insertContestPrize :exec
INSERT INTO contest_prizes (contest_id, place, points, goods) VALUES (@contest_id, @place, @points, @goods);

-- name: awardContestPrize :exec
UPDATE contest_prizes SET entry_id = @entry_id, transfer_id = @transfer_id WHERE contest_id = @contest_id AND place = @place;

-- name: addressContestPrize :exec
UPDATE contest_prizes SET ship_to = @ship_to::text[] WHERE contest_id = @contest_id AND place = @place;

-- name: sendContestPrize :exec
UPDATE contest_prizes SET sent_at = @at WHERE contest_id = @contest_id AND place = @place;

-- name: lockContestEntryByKey :one
-- lockContestEntryByKey finds what a form has sent in already.
SELECT * FROM contest_entries WHERE key = @key AND account_id = @account_id FOR UPDATE;

-- name: insertContestEntry :one
INSERT INTO contest_entries (contest_id, account_id, number, title, body, consent, shown_as, key, created_at)
VALUES (@contest_id, @account_id, @number, @title, @body, @consent, @shown_as, @key, @at) RETURNING *;

-- name: updateContestEntry :one
UPDATE contest_entries SET title = @title, body = @body, consent = @consent, shown_as = @shown_as, version = version + 1
WHERE id = @id RETURNING *;

-- name: setContestPicture :one
UPDATE contest_entries SET picture = @picture WHERE id = @id RETURNING *;

-- name: moveContestEntry :one
UPDATE contest_entries SET status = @status, reason = @reason, version = version + 1 WHERE id = @id RETURNING *;

-- name: insertContestEntryMove :exec
INSERT INTO contest_entry_moves (entry_id, from_status, to_status, by, reason, at) VALUES (@entry_id, @from_status, @to_status, @by, @reason, @at);

-- name: countContestEntries :exec
UPDATE contests SET numbered = numbered + @fresh::int, entries = entries + @more::int WHERE id = @id;

-- name: scoreContestEntry :exec
-- scoreContestEntry writes down what one of the jury thinks, over what they thought before.
INSERT INTO contest_scores (entry_id, by, criterion, score)
SELECT @entry_id, @by, s.criterion, s.score FROM unnest(@scores::int[]) WITH ORDINALITY s (score, criterion)
ON CONFLICT (entry_id, by, criterion) DO UPDATE SET score = excluded.score;
