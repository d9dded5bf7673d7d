-- +goose Up
-- Who carries parcels, and how a number is looked up with them. {n} stands for the number.
CREATE TABLE carriers (
    code           text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]+$'),
    name           text NOT NULL,
    tracking_url   text NOT NULL DEFAULT '' CHECK (tracking_url = '' OR tracking_url LIKE 'https://%{n}%'),
    number_pattern text NOT NULL DEFAULT '',             -- a hint: a number of another shape is asked about, not refused
    s10            boolean NOT NULL DEFAULT false,       -- numbers such as RA123456785RU carry the check digit of the UPU
    tracker_slug   text NOT NULL DEFAULT '',             -- what the external tracker calls this carrier
    broken         boolean NOT NULL DEFAULT false,       -- staff found the link dead: it is not offered
    source         text NOT NULL DEFAULT '',
    checked_on     date NOT NULL
);

-- The one site that follows the numbers of every carrier: «Где посылка».
CREATE TABLE trackers (
    code         text PRIMARY KEY CHECK (code = 'gdeposylka'),
    name         text NOT NULL,
    tracking_url text NOT NULL CHECK (tracking_url LIKE 'https://%{slug}%{n}%'),
    home_url     text NOT NULL CHECK (home_url LIKE 'https://%'),
    source       text NOT NULL DEFAULT '',
    checked_on   date NOT NULL
);

-- What the customer picks: a carrier with its limits, its way of weighing and its way of leaving.
CREATE TABLE methods (
    code               text PRIMARY KEY CHECK (code ~ '^[a-z0-9_]+$'),
    carrier_code       text NOT NULL REFERENCES carriers,
    name_ru            text NOT NULL,
    name_en            text NOT NULL,
    transit_ru         text NOT NULL,
    transit_en         text NOT NULL,
    dispatch_policy    text NOT NULL DEFAULT 'next_business_day' CHECK (dispatch_policy IN ('next_business_day', 'schedule')),
    tracking_mode      text NOT NULL DEFAULT 'carrier_link' CHECK (tracking_mode IN ('carrier_link', 'sent_separately', 'none')),
    dim_divisor        int CHECK (dim_divisor > 0),      -- cubic centimetres to a kilogram; empty: by actual weight
    dim_from_percent   int NOT NULL DEFAULT 100 CHECK (dim_from_percent >= 100), -- volume counts from this share of the actual weight
    round_step_grams   int NOT NULL DEFAULT 1 CHECK (round_step_grams > 0),
    round_up_mm        int NOT NULL DEFAULT 1 CHECK (round_up_mm > 0),
    min_billable_grams int NOT NULL DEFAULT 1 CHECK (min_billable_grams > 0),
    max_grams          int NOT NULL CHECK (max_grams > 0),
    max_length_mm      int NOT NULL CHECK (max_length_mm > 0),
    max_girth_mm       int NOT NULL CHECK (max_girth_mm > 0), -- length + 2 × width + 2 × height
    needs_customs      boolean NOT NULL,
    companies_allowed  boolean NOT NULL,
    contact            text NOT NULL DEFAULT '',
    enabled            boolean NOT NULL DEFAULT true,
    position           int NOT NULL,
    source             text NOT NULL DEFAULT '',
    checked_on         date NOT NULL
);
CREATE INDEX methods_offered ON methods (position) WHERE enabled;

-- What must be known about the recipient. Postal code, street, house and flat always must,
-- so they stand here only for the sake of their script. «*» is any country; a country of its own wins.
CREATE TABLE method_fields (
    method_code text NOT NULL REFERENCES methods,
    country     text NOT NULL DEFAULT '*' CHECK (country ~ '^([A-Z]{2}|[*])$'),
    field       text NOT NULL CHECK (field IN ('surname', 'name', 'patronymic', 'latin_name', 'company', 'phone', 'email', 'country',
                'postal_code', 'region', 'city', 'street', 'house', 'flat', 'inn', 'passport_number', 'passport_issued')),
    level       text NOT NULL CHECK (level IN ('required', 'optional')),
    script      text NOT NULL DEFAULT '' CHECK (script IN ('', 'latin', 'cyrillic')),
    valid_from  date NOT NULL,
    PRIMARY KEY (method_code, field, country, valid_from)
);

-- Which price zone a country is in. «*» is every country not named; where the zone is empty, or there is none, a method does not go.
CREATE TABLE zones (
    method_code text NOT NULL REFERENCES methods,
    country     text NOT NULL CHECK (country ~ '^([A-Z]{2}|[*])$'),
    zone        text NOT NULL,
    PRIMARY KEY (method_code, country)
);

-- Prices in euro cents for parcels of up to a weight. A newer day replaces the whole list of its zone.
CREATE TABLE tariffs (
    method_code text NOT NULL REFERENCES methods,
    zone        text NOT NULL,
    up_to_grams int NOT NULL CHECK (up_to_grams > 0),
    price       bigint NOT NULL CHECK (price > 0),
    valid_from  date NOT NULL,
    PRIMARY KEY (method_code, zone, valid_from, up_to_grams)
);

-- Days on which a method with a schedule leaves.
CREATE TABLE departures (
    method_code text NOT NULL REFERENCES methods,
    departs_on  date NOT NULL,
    PRIMARY KEY (method_code, departs_on)
);

-- Days off beside Saturdays and Sundays: of our warehouse, and of the people in Russia who receive.
CREATE TABLE holidays (
    calendar   text NOT NULL CHECK (calendar IN ('warehouse', 'ru')),
    day        date NOT NULL,
    name_ru    text NOT NULL,
    name_en    text NOT NULL,
    source     text NOT NULL,
    checked_on date NOT NULL,
    PRIMARY KEY (calendar, day)
);
