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
-- MethodFieldsFor says what a method asks about a recipient in a country, as the rules stand on a day: the newest rule
-- about each field, a country's own before that of any.
SELECT DISTINCT ON (f.field) f.* FROM method_fields f
WHERE f.method_code = @method_code AND f.country IN (@country, '*') AND f.valid_from <= @day AND f.level <> 'default'
  AND NOT EXISTS (SELECT FROM method_fields n WHERE n.method_code = f.method_code AND n.field = f.field AND n.country = f.country
                  AND n.valid_from <= @day AND (n.valid_from, n.version) > (f.valid_from, f.version))
ORDER BY f.field, f.country = '*';

-- name: FieldsTo :many
-- FieldsTo is MethodFieldsFor of every method at once, for a badge beside each of them.
SELECT DISTINCT ON (f.method_code, f.field) f.* FROM method_fields f
WHERE f.country IN (@country, '*') AND f.valid_from <= @day AND f.level <> 'default'
  AND NOT EXISTS (SELECT FROM method_fields n WHERE n.method_code = f.method_code AND n.field = f.field AND n.country = f.country
                  AND n.valid_from <= @day AND (n.valid_from, n.version) > (f.valid_from, f.version))
ORDER BY f.method_code, f.field, f.country = '*';

-- name: MethodsToAny :many
-- MethodsToAny is MethodsTo of several countries at once.
SELECT c.country::text AS to_country, sqlc.embed(m) FROM unnest(@countries::text[]) AS c (country) CROSS JOIN methods m
WHERE m.enabled AND (SELECT z.zone FROM zones z WHERE z.method_code = m.code AND z.country IN (c.country, '*') ORDER BY z.country = '*' LIMIT 1) <> ''
ORDER BY c.country, m.position, m.code;

-- name: FieldsToAny :many
-- FieldsToAny is FieldsTo of several countries at once.
SELECT DISTINCT ON (c.country, f.method_code, f.field) c.country::text AS to_country, sqlc.embed(f)
FROM unnest(@countries::text[]) AS c (country) JOIN method_fields f ON f.country IN (c.country, '*')
WHERE f.valid_from <= @day AND f.level <> 'default'
  AND NOT EXISTS (SELECT FROM method_fields n WHERE n.method_code = f.method_code AND n.field = f.field AND n.country = f.country
                  AND n.valid_from <= @day AND (n.valid_from, n.version) > (f.valid_from, f.version))
ORDER BY c.country, f.method_code, f.field, f.country = '*';

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

-- name: AllMethods :many
-- AllMethods are also those that are no longer on offer, for who keeps the list.
SELECT * FROM methods ORDER BY position, code;

-- name: CarrierByCode :one
-- CarrierByCode is one of Carriers.
SELECT * FROM carriers WHERE code = @code;

-- name: FieldRulesOf :many
-- FieldRulesOf are all rules of a method about recipients that ever held or will hold, the ruling one of each field and country last.
SELECT * FROM method_fields WHERE method_code = @method_code ORDER BY field, country, valid_from, version;

-- name: ZonesOf :many
-- ZonesOf says where a method goes.
SELECT * FROM zones WHERE method_code = @method_code ORDER BY zone, country = '*', country;

-- name: TariffsFrom :many
-- TariffsFrom are the price lists of a method that hold on a day, and those that replace them later.
SELECT t.* FROM tariffs t
WHERE t.method_code = @method_code
  AND t.valid_from >= coalesce((SELECT max(n.valid_from) FROM tariffs n WHERE n.method_code = t.method_code AND n.zone = t.zone AND n.valid_from <= @day), @day)
ORDER BY t.valid_from, t.zone, t.up_to_grams;

-- name: LastSample :one
-- LastSample is the newest number that we have sent by a carrier, to try its page with.
SELECT number FROM tracking_numbers WHERE carrier_code = @carrier_code ORDER BY id DESC LIMIT 1;

-- name: lockMethods :many
-- lockMethods is for a new order of the list.
SELECT * FROM methods ORDER BY position, code FOR NO KEY UPDATE;

-- name: lockMethod :one
SELECT * FROM methods WHERE code = @code FOR NO KEY UPDATE;

-- name: lockCarrier :one
SELECT * FROM carriers WHERE code = @code FOR NO KEY UPDATE;

-- name: lockTracker :one
SELECT * FROM trackers WHERE code = 'gdeposylka' FOR NO KEY UPDATE;

-- name: editMethod :one
UPDATE methods SET name_ru = @name_ru, name_en = @name_en, transit_ru = @transit_ru, transit_en = @transit_en, carrier_code = @carrier_code,
    dispatch_policy = @dispatch_policy, tracking_mode = @tracking_mode, dim_divisor = @dim_divisor, dim_from_percent = @dim_from_percent,
    round_step_grams = @round_step_grams, round_up_mm = @round_up_mm, min_billable_grams = @min_billable_grams, max_grams = @max_grams,
    max_length_mm = @max_length_mm, max_girth_mm = @max_girth_mm, needs_customs = @needs_customs, companies_allowed = @companies_allowed,
    contact = @contact, enabled = @enabled, source = @source, checked_on = @checked_on, version = version + 1
WHERE code = @code RETURNING *;

-- name: switchMethod :one
UPDATE methods SET enabled = @enabled, version = version + 1 WHERE code = @code RETURNING *;

-- name: placeMethod :exec
UPDATE methods SET position = @position WHERE code = @code;

-- name: countMethodVersion :one
-- countMethodVersion marks a change of what hangs on a method: its zones and prices.
UPDATE methods SET version = version + 1 WHERE code = @code RETURNING *;

-- name: countFieldsVersion :one
UPDATE methods SET fields_version = fields_version + 1 WHERE code = @code RETURNING *;

-- name: insertMethodField :one
INSERT INTO method_fields (method_code, country, field, level, script, valid_from, pattern, example, version)
VALUES (@method_code, @country, @field, @level, @script, @valid_from, @pattern, @example, @version) RETURNING *;

-- name: deleteZones :exec
DELETE FROM zones WHERE method_code = @method_code;

-- name: insertZone :exec
INSERT INTO zones (method_code, country, zone) VALUES (@method_code, @country, @zone);

-- name: deleteTariff :execrows
-- deleteTariff takes a price list away that has not come into force.
DELETE FROM tariffs WHERE method_code = @method_code AND zone = @zone AND valid_from = @valid_from AND valid_from > @today;

-- name: insertTariff :exec
INSERT INTO tariffs (method_code, zone, up_to_grams, price, valid_from) VALUES (@method_code, @zone, @up_to_grams, @price, @valid_from);

-- name: insertDeparture :execrows
INSERT INTO departures (method_code, departs_on) VALUES (@method_code, @departs_on) ON CONFLICT DO NOTHING;

-- name: deleteDeparture :execrows
DELETE FROM departures WHERE method_code = @method_code AND departs_on = @departs_on;

-- name: insertHoliday :execrows
INSERT INTO holidays (calendar, day, name_ru, name_en, source, checked_on) VALUES (@calendar, @day, @name_ru, @name_en, @source, @checked_on)
ON CONFLICT DO NOTHING;

-- name: deleteHoliday :one
DELETE FROM holidays WHERE calendar = @calendar AND day = @day RETURNING *;

-- name: editCarrier :one
UPDATE carriers SET name = @name, tracking_url = @tracking_url, number_pattern = @number_pattern, s10 = @s10, tracker_slug = @tracker_slug,
    broken = @broken, source = @source, checked_on = @checked_on, version = version + 1
WHERE code = @code RETURNING *;

-- name: editTracker :one
UPDATE trackers SET name = @name, tracking_url = @tracking_url, home_url = @home_url, source = @source, checked_on = @checked_on, version = version + 1
WHERE code = 'gdeposylka' RETURNING *;
