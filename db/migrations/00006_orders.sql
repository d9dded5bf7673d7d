-- +goose Up
-- A request to buy goods. Its status follows from its items and its goods invoice.
CREATE TABLE orders (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 10001) PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES accounts,
    status        text NOT NULL DEFAULT 'new'
                  CHECK (status IN ('new', 'processing', 'at_warehouse', 'ready_to_ship', 'shipped', 'cancelled')),
    status_since  timestamptz NOT NULL,
    payment_state text NOT NULL DEFAULT 'unpaid' CHECK (payment_state IN ('unpaid', 'partially_paid', 'paid', 'refunded')),
    comment       text NOT NULL DEFAULT '',
    comment_seen_at timestamptz,
    staff_note    text NOT NULL DEFAULT '',
    address_id    bigint REFERENCES addresses,
    method_code   text REFERENCES methods,
    commission    bigint CHECK (commission >= 0),       -- EUR cents, set when priced
    shop_delivery bigint CHECK (shop_delivery >= 0),
    version       int NOT NULL DEFAULT 1,
    priced_at     timestamptz,
    priced_version int,                                 -- the version that was priced last
    changed_at    timestamptz,                          -- the customer changed it after the invoice
    accepted_by   bigint REFERENCES accounts,           -- staff let it through unpaid
    accepted_reason text NOT NULL DEFAULT '',
    key           text NOT NULL UNIQUE,                 -- of the form that made it: sent twice, made once
    created_at    timestamptz NOT NULL
);
CREATE INDEX orders_account ON orders (account_id, created_at DESC, id DESC) INCLUDE (status);
CREATE INDEX orders_unpriced ON orders (created_at, id) WHERE status = 'new' AND priced_at IS NULL AND changed_at IS NULL;
CREATE INDEX orders_changed ON orders (changed_at, id) WHERE status = 'new' AND changed_at IS NOT NULL;
CREATE INDEX orders_unpaid ON orders (priced_at, id) WHERE status = 'new' AND priced_at IS NOT NULL;
CREATE INDEX orders_unread ON orders (created_at, id) WHERE comment <> '' AND comment_seen_at IS NULL AND status <> 'cancelled';
CREATE INDEX orders_processing ON orders (status_since, id) WHERE status = 'processing';

-- Our order at a shop, for items of one order. One that was undone stays, with the reason.
CREATE TABLE purchases (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id        bigint NOT NULL REFERENCES orders,
    shop            text NOT NULL CHECK (shop <> ''),
    shop_order      text NOT NULL DEFAULT '',
    shop_order_scan text NOT NULL DEFAULT '',           -- the same as a scanner reads it: letters and digits only
    price_paid      bigint NOT NULL CHECK (price_paid >= 0),
    charged         bigint NOT NULL CHECK (charged >= 0), -- for the same items, to the customer
    expected_on     date,
    tracking_number text NOT NULL DEFAULT '',           -- of the shop's parcel to our warehouse, as a scanner reads it
    key             text NOT NULL UNIQUE,               -- of the form: sent twice, bought once
    by              bigint NOT NULL REFERENCES accounts,
    at              timestamptz NOT NULL,
    undone_at       timestamptz,
    undone_by       bigint REFERENCES accounts,
    undone_reason   text NOT NULL DEFAULT ''
);
CREATE INDEX purchases_order ON purchases (order_id);
CREATE INDEX purchases_tracking ON purchases (tracking_number) WHERE tracking_number <> '';
CREATE INDEX purchases_shop_order ON purchases (shop_order_scan) WHERE shop_order_scan <> '';

-- A box from a shop that came to the warehouse, and what it weighed.
CREATE TABLE receipts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id        bigint NOT NULL REFERENCES orders,
    tracking_number text NOT NULL DEFAULT '',
    grams           int CHECK (grams > 0),
    length_mm       int CHECK (length_mm > 0),
    width_mm        int CHECK (width_mm > 0),
    height_mm       int CHECK (height_mm > 0),
    note            text NOT NULL DEFAULT '',
    key             text NOT NULL UNIQUE,
    by              bigint NOT NULL REFERENCES accounts,
    at              timestamptz NOT NULL,
    undone_at       timestamptz,
    undone_by       bigint REFERENCES accounts
);
CREATE INDEX receipts_order ON receipts (order_id);

CREATE TABLE items (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id       bigint NOT NULL REFERENCES orders,
    account_id     bigint NOT NULL REFERENCES accounts,
    position       int NOT NULL,
    url            text NOT NULL DEFAULT '',
    shop           text NOT NULL DEFAULT '',
    title          text NOT NULL,
    article        text NOT NULL DEFAULT '',
    options        text NOT NULL DEFAULT '',             -- colour, size
    quantity       int NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    price          bigint NOT NULL CHECK (price >= 0),    -- per piece, as the customer saw it
    currency       text NOT NULL,
    note           text NOT NULL DEFAULT '',
    may_substitute boolean NOT NULL DEFAULT false,
    unit_price     bigint CHECK (unit_price >= 0),        -- EUR cents per piece, as staff confirmed it
    status         text NOT NULL DEFAULT 'under_review'
                   CHECK (status IN ('under_review', 'purchased', 'at_warehouse', 'ready_to_ship', 'shipped',
                                     'delivered', 'unavailable', 'cancelled', 'returned')),
    status_since   timestamptz NOT NULL,
    purchase_id    bigint REFERENCES purchases,
    receipt_id     bigint REFERENCES receipts,
    CHECK ((status = 'under_review' AND purchase_id IS NULL) OR status <> 'under_review')
);
CREATE INDEX items_order ON items (order_id, position, id);
CREATE INDEX items_account ON items (account_id, id DESC);
CREATE INDEX items_to_buy ON items (order_id) WHERE status = 'under_review';
CREATE INDEX items_expected ON items (purchase_id) WHERE status = 'purchased';
CREATE INDEX items_purchase ON items (purchase_id) WHERE purchase_id IS NOT NULL;
CREATE INDEX items_receipt ON items (receipt_id) WHERE receipt_id IS NOT NULL;

-- An order as it was after each save: what the comment said, what the items were.
CREATE TABLE order_versions (
    order_id bigint NOT NULL REFERENCES orders,
    version  int NOT NULL,
    content  jsonb NOT NULL,
    note     text NOT NULL DEFAULT '',      -- of the customer, to staff
    by       bigint NOT NULL REFERENCES accounts,
    at       timestamptz NOT NULL,
    PRIMARY KEY (order_id, version)
);
ALTER TABLE transfer_lines ADD FOREIGN KEY (item_id) REFERENCES items;
