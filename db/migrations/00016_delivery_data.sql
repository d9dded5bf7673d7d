-- +goose Up
-- What an operator starts with. Links and limits come from the carriers' public pages and age;
-- prices are an example to be replaced by those of the operator's own contracts.
INSERT INTO carriers (code, name, tracking_url, number_pattern, s10, tracker_slug, source, checked_on) VALUES
    ('dhl_de', 'DHL Paket', 'https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={n}',
        '^([0-9]{12}|[0-9]{20}|JJD[0-9A-Z]+|[A-Z]{2}[0-9]{9}[A-Z]{2})$', true, '', 'dhl.de', '2026-11-01'),
    ('dhl', 'DHL', 'https://www.dhl.com/de-en/home/tracking/tracking-parcel.html?submit=1&tracking-id={n}',
        '', false, '', 'dhl.com', '2026-11-01'),
    ('dp', 'Deutsche Post', 'https://www.deutschepost.de/sendung/simpleQuery.html?form.sendungsnummer={n}',
        '', true, '', 'deutschepost.de', '2026-11-01'),
    ('hermes_de', 'Hermes', 'https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{n}',
        '', false, '', 'myhermes.de', '2026-11-01'),
    ('gls_de', 'GLS', 'https://gls-group.com/DE/de/paketverfolgung?match={n}',
        '', false, '', 'gls-group.com', '2026-11-01'),
    ('dpd_de', 'DPD', 'https://tracking.dpd.de/status/de_DE/parcel/{n}',
        '^[0-9]{14}$', false, '', 'dpd.de', '2026-11-01'),
    ('ups', 'UPS', 'https://www.ups.com/track?tracknum={n}',
        '^1Z', false, '', 'ups.com', '2026-11-01'),
    ('post_at', 'Österreichische Post', 'https://www.post.at/sv/sendungssuche?snr={n}',
        '', true, '', 'post.at', '2026-11-01'),
    ('russian_post', 'Почта России', 'https://www.pochta.ru/tracking#{n}',
        '^([0-9]{14}|[A-Z]{2}[0-9]{9}[A-Z]{2})$', true, 'russian-post', 'pochta.ru', '2026-11-01'),
    ('cdek', 'СДЭК', 'https://www.cdek.ru/ru/tracking?order_id={n}',
        '', false, '', 'cdek.ru', '2026-11-01'),
    ('boxberry', 'Boxberry', 'https://boxberry.ru/tracking-page?id={n}',
        '^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}BR$', false, '', 'boxberry.ru', '2026-11-01'),
    ('spedition', 'E2R Spedition', '', '', false, '', 'own van', '2026-11-01');

INSERT INTO trackers (code, name, tracking_url, home_url, source, checked_on) VALUES
    ('gdeposylka', 'Где посылка', 'https://gdeposylka.ru/courier/{slug}/tracking/{n}', 'https://gdeposylka.ru/', 'gdeposylka.ru', '2026-11-01');

INSERT INTO methods (code, carrier_code, name_ru, name_en, transit_ru, transit_en, max_grams, max_length_mm, max_girth_mm,
                     round_up_mm, needs_customs, companies_allowed, position, source, checked_on) VALUES
    ('dhl_paket', 'dhl_de', 'DHL Paket', 'DHL Paket', '1–2 рабочих дня по Германии, 3–6 по Евросоюзу', '1–2 business days in Germany, 3–6 in the EU',
        31500, 1200, 3600, 10, false, true, 10, 'dhl.de', '2026-11-01'),
    ('dhl_international', 'dhl_de', 'DHL Paket International', 'DHL Paket International', '7–20 рабочих дней', '7–20 business days',
        31500, 1200, 3600, 10, true, true, 20, 'dhl.de', '2026-11-01'),
    ('deutsche_post', 'dp', 'Deutsche Post, мелкий пакет до 2 кг', 'Deutsche Post small packet up to 2 kg', '10–25 рабочих дней', '10–25 business days',
        2000, 600, 1500, 1, true, true, 30, 'general knowledge, not verified', '2026-11-01'),
    ('ems', 'russian_post', 'EMS / Почта России', 'EMS / Russian Post', '8–18 рабочих дней', '8–18 business days',
        30000, 1500, 3000, 1, true, false, 40, 'emspost.ru', '2026-11-01'),
    ('dpd', 'dpd_de', 'DPD', 'DPD', '1–2 рабочих дня по Германии, 2–6 по Евросоюзу', '1–2 business days in Germany, 2–6 in the EU',
        31500, 1750, 3000, 1, false, true, 80, 'dpd.de', '2026-11-01'),
    ('gls', 'gls_de', 'GLS', 'GLS', '1–2 рабочих дня по Германии, 2–6 по Евросоюзу', '1–2 business days in Germany, 2–6 in the EU',
        40000, 2000, 3000, 1, false, true, 90, 'gls-group.com', '2026-11-01'),
    ('hermes', 'hermes_de', 'Hermes', 'Hermes', '2–3 рабочих дня по Германии, 4–8 по Евросоюзу', '2–3 business days in Germany, 4–8 in the EU',
        25000, 1200, 3000, 1, false, true, 100, 'general knowledge, not verified', '2026-11-01');

INSERT INTO methods (code, carrier_code, name_ru, name_en, transit_ru, transit_en, dim_divisor, round_step_grams, min_billable_grams,
                     max_grams, max_length_mm, max_girth_mm, round_up_mm, needs_customs, companies_allowed, enabled, position, source, checked_on) VALUES
    ('cdek_pickup', 'cdek', 'СДЭК, пункт выдачи', 'CDEK, pick-up point', '9–16 рабочих дней', '9–16 business days',
        5000, 100, 500, 30000, 1500, 3000, 10, true, false, true, 50, 'general knowledge, not verified', '2026-11-01'),
    ('cdek_courier', 'cdek', 'СДЭК, курьер', 'CDEK, courier', '9–16 рабочих дней', '9–16 business days',
        5000, 100, 500, 30000, 1500, 3000, 10, true, false, true, 60, 'general knowledge, not verified', '2026-11-01'),
    ('dhl_express', 'dhl', 'DHL Express', 'DHL Express', '2–5 рабочих дней', '2–5 business days',
        5000, 500, 500, 70000, 1200, 3000, 10, true, true, true, 110, 'DHL volumetric weight page', '2026-11-01'),
    ('boxberry_pickup', 'boxberry', 'Boxberry, пункт выдачи', 'Boxberry, pick-up point', '10–18 рабочих дней', '10–18 business days',
        NULL, 100, 500, 15000, 1200, 3800, 1, true, false, false, 120, 'boxberry.ru; whether it still works was not verified', '2026-11-01');

INSERT INTO methods (code, carrier_code, name_ru, name_en, transit_ru, transit_en, dispatch_policy, tracking_mode, dim_divisor, dim_from_percent,
                     round_step_grams, min_billable_grams, max_grams, max_length_mm, max_girth_mm, needs_customs, companies_allowed, contact, position, source, checked_on) VALUES
    ('spedition', 'spedition', 'E2R Spedition', 'E2R Spedition', '7–12 дней от дня рейса', '7–12 days from the day of the trip',
        'schedule', 'sent_separately', 5000, 300, 500, 1000, 100000, 2000, 6000, true, true,
        '+49 30 23125 014, spedition@e2r.example', 70, 'own van', '2026-11-01');

-- Required recipient data. Postal code, street, house, flat, city and the name are required anyway.
INSERT INTO method_fields (method_code, country, field, level, script, valid_from)
SELECT code, country, field, level, script, date '2026-01-01'
FROM (VALUES
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes', 'dhl_international', 'dhl_express', 'deutsche_post', 'ems'], '*', 'surname', 'required', 'latin'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes', 'dhl_international', 'dhl_express', 'deutsche_post', 'ems'], '*', 'name', 'required', 'latin'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes'], '*', 'city', 'required', 'latin'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes'], '*', 'street', 'required', 'latin'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes', 'dhl_international', 'dhl_express', 'spedition'], '*', 'company', 'optional', ''),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes', 'dhl_international', 'dhl_express', 'cdek_pickup', 'cdek_courier', 'boxberry_pickup', 'spedition'],
        '*', 'phone', 'required', ''),
    (ARRAY['deutsche_post', 'ems'], '*', 'phone', 'optional', ''),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes', 'dhl_express', 'cdek_pickup', 'cdek_courier', 'boxberry_pickup', 'spedition'], '*', 'email', 'required', ''),
    (ARRAY['dhl_international', 'deutsche_post', 'ems'], '*', 'email', 'optional', ''),
    (ARRAY['deutsche_post', 'ems', 'cdek_pickup', 'cdek_courier', 'boxberry_pickup'], '*', 'patronymic', 'optional', ''),
    (ARRAY['dhl_international', 'dhl_express', 'deutsche_post', 'ems', 'cdek_pickup', 'cdek_courier', 'boxberry_pickup', 'spedition'],
        'RU', 'region', 'required', ''),
    (ARRAY['cdek_pickup', 'cdek_courier', 'boxberry_pickup'], '*', 'surname', 'required', 'cyrillic'),
    (ARRAY['cdek_pickup', 'cdek_courier', 'boxberry_pickup'], '*', 'name', 'required', 'cyrillic'),
    (ARRAY['cdek_courier'], '*', 'latin_name', 'required', 'latin'),
    (ARRAY['cdek_courier'], 'RU', 'passport_number', 'required', ''),
    (ARRAY['cdek_courier'], 'RU', 'passport_issued', 'required', ''),
    (ARRAY['cdek_courier'], 'RU', 'inn', 'required', ''),
    (ARRAY['cdek_pickup', 'boxberry_pickup'], 'RU', 'passport_number', 'optional', '')
) AS asked (codes, country, field, level, script), unnest(codes) AS code;

INSERT INTO zones (method_code, country, zone)
SELECT code, country, zone
FROM (VALUES
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes'], ARRAY['DE'], 'de'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes'], ARRAY['AT', 'BE', 'DK', 'FR', 'LU', 'NL', 'PL', 'CZ'], 'eu_1'),
    (ARRAY['dhl_paket', 'dpd', 'gls', 'hermes'], ARRAY['BG', 'HR', 'CY', 'EE', 'FI', 'GR', 'HU', 'IE', 'IT', 'LV', 'LT', 'MT', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE'], 'eu_2'),
    -- A method for the far side of the border is no way to a neighbour, and an express to Russia can not be had.
    (ARRAY['dhl_international', 'ems'], ARRAY['DE', 'AT', 'BE', 'DK', 'FR', 'LU', 'NL', 'PL', 'CZ', 'BG', 'HR', 'CY', 'EE', 'FI', 'GR', 'HU', 'IE', 'IT',
        'LV', 'LT', 'MT', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE'], ''),
    (ARRAY['dhl_express'], ARRAY['RU', 'BY'], ''),
    (ARRAY['dhl_international', 'dhl_express'], ARRAY['CH', 'GB', 'NO', 'LI', 'IS'], 'europe'),
    (ARRAY['dhl_international', 'dhl_express'], ARRAY['KZ', 'AM', 'GE', 'KG', 'UZ', 'MD', 'RS', 'TR', 'UA', 'US', 'CA', 'IL'], 'world_1'),
    (ARRAY['dhl_international'], ARRAY['RU', 'BY'], 'world_1'),
    (ARRAY['dhl_international', 'dhl_express', 'deutsche_post', 'ems'], ARRAY['*'], 'world_2'),
    (ARRAY['dhl_express'], ARRAY['DE', 'AT', 'BE', 'DK', 'FR', 'LU', 'NL', 'PL', 'CZ', 'IT', 'ES', 'SE', 'FI'], 'europe'),
    (ARRAY['deutsche_post'], ARRAY['AT', 'BE', 'DK', 'FR', 'IT', 'NL', 'PL', 'CZ', 'ES', 'SE', 'FI', 'EE', 'LV', 'LT'], 'world_1'),
    (ARRAY['deutsche_post'], ARRAY['DE'], ''),
    (ARRAY['deutsche_post'], ARRAY['RU', 'BY', 'KZ', 'AM', 'GE', 'KG', 'UZ', 'MD', 'UA', 'CH', 'GB', 'NO'], 'world_1'),
    (ARRAY['ems'], ARRAY['RU'], 'ru'),
    (ARRAY['ems'], ARRAY['BY', 'KZ', 'AM', 'KG', 'UZ', 'MD', 'GE', 'TJ'], 'cis'),
    (ARRAY['cdek_pickup', 'cdek_courier', 'boxberry_pickup'], ARRAY['RU'], 'ru'),
    (ARRAY['cdek_pickup', 'cdek_courier'], ARRAY['BY', 'KZ', 'AM', 'KG'], 'cis'),
    (ARRAY['spedition'], ARRAY['RU', 'BY'], 'ru')
) AS map (codes, countries, zone), unnest(codes) AS code, unnest(countries) AS country;

INSERT INTO tariffs (method_code, zone, up_to_grams, price, valid_from)
SELECT method_code, zone, up_to, price, date '2026-01-01'
FROM (VALUES
    ('dhl_paket', 'de',      ARRAY[2000, 5000, 10000, 20000, 31500],               ARRAY[619, 769, 1049, 1899, 2399]),
    ('dhl_paket', 'eu_1',    ARRAY[2000, 5000, 10000, 20000, 31500],               ARRAY[1449, 1749, 2249, 3349, 4599]),
    ('dhl_paket', 'eu_2',    ARRAY[2000, 5000, 10000, 20000, 31500],               ARRAY[1649, 1999, 2549, 3849, 5299]),
    ('dhl_international', 'europe',  ARRAY[2000, 5000, 10000, 20000, 31500],       ARRAY[2149, 2849, 3649, 5249, 6499]),
    ('dhl_international', 'world_1', ARRAY[2000, 5000, 10000, 20000, 31500],       ARRAY[2649, 3949, 5649, 9449, 12999]),
    ('dhl_international', 'world_2', ARRAY[2000, 5000, 10000, 20000, 31500],       ARRAY[3149, 4949, 7449, 12949, 18499]),
    ('deutsche_post', 'world_1', ARRAY[500, 1000, 2000],                           ARRAY[790, 1190, 1990]),
    ('deutsche_post', 'world_2', ARRAY[500, 1000, 2000],                           ARRAY[890, 1390, 2290]),
    ('ems', 'ru',            ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[1890, 2190, 2690, 3190, 4190, 6490, 8790, 10990, 15490]),
    ('ems', 'cis',           ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[2090, 2490, 3090, 3690, 4890, 7690, 10490, 13190, 18590]),
    ('ems', 'world_2',       ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[2590, 2990, 3790, 4590, 6190, 9990, 13790, 17490, 24890]),
    ('dpd', 'de',            ARRAY[1000, 3000, 5000, 10000, 20000, 31500],         ARRAY[449, 549, 649, 899, 1499, 2199]),
    ('dpd', 'eu_1',          ARRAY[1000, 3000, 5000, 10000, 20000, 31500],         ARRAY[1149, 1299, 1499, 1999, 2999, 4199]),
    ('dpd', 'eu_2',          ARRAY[1000, 3000, 5000, 10000, 20000, 31500],         ARRAY[1449, 1649, 1899, 2499, 3699, 5099]),
    ('gls', 'de',            ARRAY[2000, 5000, 15000, 30000, 40000],               ARRAY[499, 649, 1149, 1899, 2649]),
    ('gls', 'eu_1',          ARRAY[2000, 5000, 15000, 30000, 40000],               ARRAY[1199, 1499, 2399, 3699, 4899]),
    ('gls', 'eu_2',          ARRAY[2000, 5000, 15000, 30000, 40000],               ARRAY[1499, 1899, 2999, 4499, 5899]),
    ('hermes', 'de',         ARRAY[1000, 5000, 10000, 25000],                      ARRAY[399, 599, 999, 1699]),
    ('hermes', 'eu_1',       ARRAY[1000, 5000, 10000, 25000],                      ARRAY[1099, 1499, 2099, 3299]),
    ('hermes', 'eu_2',       ARRAY[1000, 5000, 10000, 25000],                      ARRAY[1399, 1899, 2599, 3999]),
    ('cdek_pickup', 'ru',    ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[1290, 1590, 2090, 2590, 3490, 5790, 8090, 10290, 14790]),
    ('cdek_pickup', 'cis',   ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[1490, 1790, 2390, 2990, 4090, 6790, 9490, 12090, 17390]),
    ('cdek_courier', 'ru',   ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[1690, 1990, 2490, 2990, 3890, 6190, 8490, 10690, 15190]),
    ('cdek_courier', 'cis',  ARRAY[500, 1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000], ARRAY[1890, 2190, 2790, 3390, 4490, 7190, 9890, 12490, 17790]),
    ('dhl_express', 'europe',  ARRAY[500, 1000, 2000, 5000, 10000, 20000, 30000, 70000], ARRAY[3990, 4490, 5290, 7490, 10990, 16990, 22990, 46990]),
    ('dhl_express', 'world_1', ARRAY[500, 1000, 2000, 5000, 10000, 20000, 30000, 70000], ARRAY[5490, 6290, 7690, 11490, 17490, 28990, 39990, 82990]),
    ('dhl_express', 'world_2', ARRAY[500, 1000, 2000, 5000, 10000, 20000, 30000, 70000], ARRAY[6490, 7590, 9490, 14490, 22490, 37990, 52990, 109990]),
    ('boxberry_pickup', 'ru', ARRAY[500, 1000, 2000, 5000, 10000, 15000],          ARRAY[1190, 1490, 1990, 3390, 5690, 7990]),
    ('spedition', 'ru',      ARRAY[1000, 2000, 3000, 5000, 10000, 15000, 20000, 30000, 50000, 100000], ARRAY[990, 1490, 1990, 2890, 4990, 6990, 8890, 12590, 19900, 37900])
) AS list (method_code, zone, grams, prices), unnest(grams, prices) AS bracket (up_to, price);

-- The van leaves every second Thursday, and a day earlier when that is a holiday.
INSERT INTO departures (method_code, departs_on)
SELECT 'spedition', thursday::date - (SELECT count(*) FROM holidays h WHERE h.calendar = 'warehouse' AND h.day = thursday)::int
FROM generate_series(date '2026-01-08', date '2028-12-31', interval '14 days') AS thursday;
