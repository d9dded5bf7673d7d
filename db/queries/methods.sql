-- name: Methods :many
-- Methods are the delivery methods on offer, in the operator's order.
SELECT * FROM methods WHERE enabled ORDER BY position, code;

-- name: MethodsTo :many
-- MethodsTo are the delivery methods on offer for a country.
SELECT m.* FROM methods m
WHERE m.enabled AND (SELECT z.zone FROM zones z WHERE z.method_code = m.code AND z.country IN (@country, '*') ORDER BY z.country = '*' LIMIT 1) <> ''
ORDER BY m.position, m.code;

-- name: MethodByCode :one
-- MethodByCode also finds a method that is no longer on offer: parcels of that time still name it.
SELECT * FROM methods WHERE code = @code;

-- name: MethodFieldsFor :many
-- MethodFieldsFor says what a method asks about a recipient in a country, as the rules stand on a day.
SELECT DISTINCT ON (field) * FROM method_fields
WHERE method_code = @method_code AND country IN (@country, '*') AND valid_from <= @day
ORDER BY field, country = '*', valid_from DESC;

-- name: FieldsTo :many
-- FieldsTo is MethodFieldsFor of every method at once, for a badge beside each of them.
SELECT DISTINCT ON (method_code, field) * FROM method_fields
WHERE country IN (@country, '*') AND valid_from <= @day
ORDER BY method_code, field, country = '*', valid_from DESC;

-- name: MethodsToAny :many
-- MethodsToAny is MethodsTo of several countries at once.
SELECT c.country::text AS to_country, sqlc.embed(m) FROM unnest(@countries::text[]) AS c (country) CROSS JOIN methods m
WHERE m.enabled AND (SELECT z.zone FROM zones z WHERE z.method_code = m.code AND z.country IN (c.country, '*') ORDER BY z.country = '*' LIMIT 1) <> ''
ORDER BY c.country, m.position, m.code;

-- name: FieldsToAny :many
-- FieldsToAny is FieldsTo of several countries at once.
SELECT DISTINCT ON (c.country, f.method_code, f.field) c.country::text AS to_country, sqlc.embed(f)
FROM unnest(@countries::text[]) AS c (country) JOIN method_fields f ON f.country IN (c.country, '*')
WHERE f.valid_from <= @day
ORDER BY c.country, f.method_code, f.field, f.country = '*', f.valid_from DESC;

-- name: TariffFor :one
-- TariffFor is the price for a weight on a day; none where the method does not go, or not with that weight.
SELECT t.* FROM tariffs t
WHERE t.method_code = @method_code AND t.up_to_grams >= @grams
  AND t.zone = (SELECT z.zone FROM zones z WHERE z.method_code = t.method_code AND z.country IN (@country, '*') ORDER BY z.country = '*' LIMIT 1)
  AND t.valid_from = (SELECT max(n.valid_from) FROM tariffs n WHERE n.method_code = t.method_code AND n.zone = t.zone AND n.valid_from <= @day)
ORDER BY t.up_to_grams LIMIT 1;

-- name: DeparturesFrom :many
-- DeparturesFrom lists the coming departures of a method, the next one first.
SELECT * FROM departures WHERE method_code = @method_code AND departs_on >= @day ORDER BY departs_on LIMIT 12;

-- name: HolidaysBetween :many
-- HolidaysBetween are the days off of a calendar, beside the weekends.
SELECT * FROM holidays WHERE calendar = @calendar AND day BETWEEN @first_day AND @last_day ORDER BY day;

-- name: CarrierOf :one
-- CarrierOf is who carries the parcels of a method.
SELECT c.* FROM carriers c JOIN methods m ON m.carrier_code = c.code WHERE m.code = @method_code;

-- name: Carriers :many
-- Carriers are all there are, by name.
SELECT * FROM carriers ORDER BY name;

-- name: Tracker :one
-- Tracker is the site that follows the numbers of every carrier.
SELECT * FROM trackers WHERE code = 'gdeposylka';
