-- name: DreamTagsOf :many
-- DreamTagsOf are a customer's own tags, the most used first.
SELECT * FROM dream_tags WHERE account_id = @account_id ORDER BY dreams DESC, name LIMIT @lim::int;

-- name: DreamTagOf :one
-- DreamTagOf finds a customer's own tag.
SELECT * FROM dream_tags WHERE id = @id AND account_id = @account_id;

-- name: TagsOfDream :many
-- TagsOfDream are the tags of one of a customer's own dreams.
SELECT t.* FROM dream_taggings g JOIN dream_tags t ON t.id = g.tag_id
WHERE g.dream_id = @dream_id AND g.account_id = @account_id ORDER BY t.name;

-- name: DreamTagsLike :many
-- DreamTagsLike are a customer's own tags that go on like what was typed, the most used first.
SELECT name FROM dream_tags WHERE account_id = @account_id AND name ILIKE @pattern::text ORDER BY dreams DESC, name LIMIT 8;

-- name: insertDreamTags :exec
INSERT INTO dream_tags (account_id, name) SELECT @account_id, n FROM unnest(@names::text[]) AS n ON CONFLICT DO NOTHING;

-- name: deleteDreamTaggings :exec
-- deleteDreamTaggings takes away those that are not named.
DELETE FROM dream_taggings g WHERE g.dream_id = @dream_id AND g.tag_id NOT IN (
    SELECT t.id FROM dream_tags t WHERE t.account_id = @account_id AND lower(t.name) = ANY (SELECT lower(n) FROM unnest(@names::text[]) AS n));

-- name: insertDreamTaggings :exec
INSERT INTO dream_taggings (dream_id, tag_id, account_id)
SELECT @dream_id, t.id, t.account_id FROM dream_tags t
WHERE t.account_id = @account_id AND lower(t.name) = ANY (SELECT lower(n) FROM unnest(@names::text[]) AS n)
ON CONFLICT DO NOTHING;

-- name: joinDreamTags :exec
-- joinDreamTags gives every dream of one tag the other.
INSERT INTO dream_taggings (dream_id, tag_id, account_id)
SELECT g.dream_id, @into_tag, g.account_id FROM dream_taggings g WHERE g.tag_id = @from_tag AND g.account_id = @account_id
ON CONFLICT DO NOTHING;

-- name: renameDreamTag :exec
UPDATE dream_tags SET name = @name WHERE id = @id AND account_id = @account_id;

-- name: deleteDreamTag :exec
DELETE FROM dream_tags WHERE id = @id AND account_id = @account_id;

-- name: countDreamTags :exec
-- countDreamTags counts anew how many dreams each of a customer's tags has.
UPDATE dream_tags t SET dreams = c.dreams
FROM (SELECT n.id, (SELECT count(*) FROM dream_taggings g WHERE g.tag_id = n.id)::int AS dreams FROM dream_tags n WHERE n.account_id = @account_id) c
WHERE t.id = c.id AND t.dreams <> c.dreams;

-- name: deleteUnusedDreamTags :exec
DELETE FROM dream_tags WHERE account_id = @account_id AND dreams = 0;
