-- name: AddressesOf :many
-- AddressesOf is the customer's address book, «Общая информация» first.
SELECT * FROM addresses WHERE account_id = @account_id AND archived_at IS NULL ORDER BY is_default DESC, id;

-- name: AddressOf :one
-- AddressOf finds an address in the customer's own book, archived ones too: an old parcel still names them.
SELECT * FROM addresses WHERE id = @id AND account_id = @account_id;

-- name: DefaultAddressOf :one
-- DefaultAddressOf is the customer's «Общая информация».
SELECT * FROM addresses WHERE account_id = @account_id AND is_default;

-- name: AddressByID :one
-- AddressByID is for rules and the desk, which ask about other people's addresses.
SELECT * FROM addresses WHERE id = @id;

-- name: AddressInUse :one
-- AddressInUse reports whether something that has not left yet is to go to this address.
SELECT (EXISTS (SELECT FROM parcels p WHERE a.id IN (p.address_id, p.wanted_address_id) AND p.status IN ('new', 'assembling', 'ready_to_ship'))
     OR EXISTS (SELECT FROM orders o WHERE o.address_id = a.id AND o.status IN ('new', 'processing', 'at_warehouse', 'ready_to_ship'))
     OR EXISTS (SELECT FROM subscriptions s WHERE s.address_id = a.id AND s.status IN ('pending_payment', 'active', 'paused')))::bool AS in_use
FROM addresses a WHERE a.id = @id;

-- name: lockBook :one
-- lockBook makes changes of one customer's address book wait for each other, an empty book included.
SELECT id FROM accounts WHERE id = @account_id FOR NO KEY UPDATE;

-- name: insertAddress :one
INSERT INTO addresses (account_id, is_default, label, surname, name, patronymic, latin_name, company, phone, email, country, postal_code,
                       region, city, street, house, flat, private_house, inn, passport_number, passport_issued, created_at, updated_at)
VALUES (@account_id, @is_default, @label, @surname, @name, @patronymic, @latin_name, @company, @phone, @email, @country, @postal_code,
        @region, @city, @street, @house, @flat, @private_house, @inn, @passport_number, @passport_issued, @at::timestamptz, @at::timestamptz)
RETURNING *;

-- name: editAddress :one
UPDATE addresses SET
    label = @label, surname = @surname, name = @name, patronymic = @patronymic, latin_name = @latin_name, company = @company,
    phone = @phone, email = @email, country = @country, postal_code = @postal_code, region = @region, city = @city, street = @street,
    house = @house, flat = @flat, private_house = @private_house, inn = @inn, passport_number = @passport_number,
    passport_issued = @passport_issued, updated_at = @at::timestamptz, version = version + 1
WHERE id = @id RETURNING *;

-- name: archiveAddress :one
UPDATE addresses SET archived_at = @at::timestamptz, updated_at = @at::timestamptz, version = version + 1 WHERE id = @id RETURNING *;

-- name: unmarkDefaultAddress :exec
UPDATE addresses SET is_default = false WHERE account_id = @account_id AND is_default;

-- name: markDefaultAddress :one
UPDATE addresses SET is_default = true WHERE id = @id RETURNING *;

-- name: AddressChangesOf :many
-- AddressChangesOf says when the fields of a customer's default address were changed.
SELECT c.field, c.at FROM address_changes c JOIN addresses a ON a.id = c.address_id
WHERE a.account_id = @account_id AND a.is_default ORDER BY c.field;

-- name: noteAddressChange :exec
INSERT INTO address_changes (address_id, field, at)
SELECT @address_id::bigint, unnest(@fields::text[]), @at::timestamptz
ON CONFLICT (address_id, field) DO UPDATE SET at = excluded.at;
