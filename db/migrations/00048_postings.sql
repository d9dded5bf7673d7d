-- +goose Up
-- The ledger has one door. Who moves money inserts into postings, and the database writes the transfer, both its sides, what
-- it was for and the customer's new balance and number out of that one row. Nobody else writes any of these, so there is
-- nothing left to look at afterwards: a transfer with one side, or with another amount on it, can not be said.
DROP TRIGGER balanced ON transfers;
DROP TRIGGER continued ON entries;
DROP TRIGGER explained ON transfer_lines;
DROP FUNCTION check_transfer();
DROP FUNCTION check_entries();
DROP FUNCTION check_lines();
DROP FUNCTION post_transfer(bigint, bigint, text, bigint, text, bigint, bigint, text, timestamptz, bigint, bigint[], bigint[], bigint[], text[]);

-- A CHECK is read from its text in each statement that touches its table; that of a domain only where the value is written.
CREATE DOMAIN wallet_name AS text CHECK (VALUE IN ('shopping', 'reserved', 'points', 'bank', 'sales', 'delivery', 'exchange', 'adjustments'));
CREATE DOMAIN wallet_currency AS text CHECK (VALUE IN ('EUR', 'RUB'));
CREATE DOMAIN transfer_kind AS text CHECK (VALUE IN ('top_up', 'charge', 'reservation', 'release', 'refund', 'adjustment', 'reversal', 'bonus',
                                                     'expiry', 'withdrawal', 'points_purchase', 'exchange'));
ALTER TABLE wallets DROP CONSTRAINT wallets_name_check, DROP CONSTRAINT wallets_currency_check;
ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
DROP TRIGGER unchanged ON wallets;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM entries e WHERE e.wallet_id = OLD.id AND e.number IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'wallets stay what they are' USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
ALTER TABLE wallets ALTER COLUMN name TYPE wallet_name, ALTER COLUMN currency TYPE wallet_currency;
ALTER TABLE wallets SET (fillfactor = 80); -- a new balance stays on its page and touches no index
CREATE TRIGGER unchanged BEFORE UPDATE OF id, account_id, name, currency ON wallets FOR EACH ROW EXECUTE FUNCTION keep_wallet();
ALTER TABLE transfers ALTER COLUMN kind TYPE transfer_kind;

-- An entry is known by its transfer and its wallet, and a customer's by its number: whoever looks for those of a customer asks for
-- a number too, or reads the whole table. Both of its old checks follow from how it is written.
ALTER TABLE entries DROP CONSTRAINT entries_amount_check, DROP CONSTRAINT entries_check, DROP CONSTRAINT entries_transfer_id_wallet_id_key,
    DROP CONSTRAINT entries_wallet_id_number_key, DROP COLUMN id;
ALTER TABLE entries ADD PRIMARY KEY (transfer_id, wallet_id);
CREATE UNIQUE INDEX entries_number ON entries (wallet_id, number) WHERE number IS NOT NULL;
ALTER TABLE transfers DROP CONSTRAINT transfers_reverses_key;
CREATE UNIQUE INDEX transfers_reverses ON transfers (reverses) WHERE reverses IS NOT NULL;

-- A posting is between two wallets, or, with an account, between its euros and a wallet of the house, and then to_customer says
-- which way. The lines lie in arrays, 0 for what a line is not about.
CREATE VIEW postings AS
SELECT t.id, t.from_wallet, t.to_wallet, NULL::bigint AS account_id, NULL::text AS house, NULL::boolean AS to_customer,
    t.kind::text AS kind, t.amount, t.key, t.by, t.reverses, t.reason, t.at, NULL::bigint AS invoice_id,
    NULL::bigint[] AS item_ids, NULL::bigint[] AS invoice_line_ids, NULL::bigint[] AS amounts, NULL::text[] AS descriptions
FROM transfers t;

-- The customer's side says what it was and for which document: that of the first line of an invoice, or else the invoice that the
-- money came for. A key that was used before breaks transfers_key_key. Two customers' wallets are locked in the order of their ids.
-- Plans know no values: arrays would make the database plan each statement anew for each posting, which is a fifth of the time.
-- +goose StatementBegin
CREATE FUNCTION post() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    from_balance bigint; from_number bigint; to_balance bigint; to_number bigint;
    explained bigint := 0; paid_line bigint; invoice bigint := NEW.invoice_id; ordered bigint; sent bigint;
BEGIN
    IF NEW.account_id IS NULL THEN
        INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, by, reverses, reason, at)
        VALUES (NEW.kind, NEW.from_wallet, NEW.to_wallet, NEW.amount, NEW.key, NEW."by", NEW.reverses, NEW.reason, NEW.at) RETURNING id INTO NEW.id;
        PERFORM FROM wallets w WHERE w.id IN (NEW.from_wallet, NEW.to_wallet) AND w.account_id IS NOT NULL ORDER BY w.id FOR UPDATE;
        IF (SELECT count(*) <> 2 OR count(DISTINCT w.currency) <> 1 FROM wallets w WHERE w.id IN (NEW.from_wallet, NEW.to_wallet)) THEN
            RAISE EXCEPTION 'transfer % does not balance', NEW.key USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        NEW.to_customer := NULL; -- both ways
    ELSE
        INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, by, reverses, reason, at)
        SELECT NEW.kind, CASE WHEN NEW.to_customer THEN h.id ELSE w.id END, CASE WHEN NEW.to_customer THEN w.id ELSE h.id END,
            NEW.amount, NEW.key, NEW."by", NEW.reverses, NEW.reason, NEW.at
        FROM wallets w, wallets h
        WHERE w.account_id = NEW.account_id AND w.name = 'shopping' AND w.currency = 'EUR'
          AND h.account_id IS NULL AND h.name = NEW.house AND h.currency = 'EUR' AND NEW.to_customer IS NOT NULL
        RETURNING id, from_wallet, to_wallet INTO NEW.id, NEW.from_wallet, NEW.to_wallet;
        IF NEW.id IS NULL THEN
            RAISE EXCEPTION 'transfer % has no two sides', NEW.key USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.to_customer IS NOT TRUE THEN
        UPDATE wallets w SET balance = w.balance - NEW.amount, last_number = w.last_number + 1
        WHERE w.id = NEW.from_wallet AND w.account_id IS NOT NULL RETURNING w.balance, w.last_number INTO from_balance, from_number;
    END IF;
    IF NEW.to_customer IS NOT FALSE THEN
        UPDATE wallets w SET balance = w.balance + NEW.amount, last_number = w.last_number + 1
        WHERE w.id = NEW.to_wallet AND w.account_id IS NOT NULL RETURNING w.balance, w.last_number INTO to_balance, to_number;
    END IF;
    IF NEW.account_id IS NOT NULL AND from_number IS NULL AND to_number IS NULL THEN -- the wallet has gone meanwhile
        RAISE EXCEPTION 'transfer % has no two sides', NEW.key USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    FOR n IN 1 .. coalesce(cardinality(NEW.amounts), 0) LOOP
        explained := explained + NEW.amounts[n];
        paid_line := coalesce(paid_line, nullif(NEW.invoice_line_ids[n], 0));
    END LOOP;
    IF paid_line IS NOT NULL THEN
        SELECT i.id, i.order_id, i.parcel_id INTO invoice, ordered, sent
        FROM invoice_lines il JOIN invoices i ON i.id = il.invoice_id WHERE il.id = paid_line;
    END IF;
    INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at, kind, reason, invoice_id, order_id, parcel_id)
    SELECT NEW.id, side.wallet, side.amount, side.balance, side.number, NEW.at, said.*
    FROM (VALUES (NEW.from_wallet, -NEW.amount, from_balance, from_number), (NEW.to_wallet, NEW.amount, to_balance, to_number)) side (wallet, amount, balance, number)
    LEFT JOIN (SELECT NEW.kind, NEW.reason, invoice, ordered, sent) said ON side.number IS NOT NULL;
    IF cardinality(NEW.amounts) > 0 OR cardinality(NEW.item_ids) > 0 OR cardinality(NEW.invoice_line_ids) > 0 OR cardinality(NEW.descriptions) > 0 THEN
        IF explained IS DISTINCT FROM NEW.amount THEN
            RAISE EXCEPTION 'the lines of transfer % do not balance', NEW.key USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        INSERT INTO transfer_lines (transfer_id, position, item_id, invoice_line_id, amount, description)
        SELECT NEW.id, l.position, nullif(l.item_id, 0), nullif(l.invoice_line_id, 0), l.amount, l.description
        FROM unnest(NEW.item_ids, NEW.invoice_line_ids, NEW.amounts, NEW.descriptions) WITH ORDINALITY l (item_id, invoice_line_id, amount, description, position);
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER post INSTEAD OF INSERT ON postings FOR EACH ROW EXECUTE FUNCTION post();

-- Only a trigger writes the ledger, and that of postings is the only one that does.
-- +goose StatementBegin
CREATE FUNCTION refuse_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written by postings alone', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER posted BEFORE INSERT ON transfers FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_writing();
CREATE TRIGGER posted BEFORE INSERT ON entries FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_writing();
CREATE TRIGGER posted BEFORE INSERT ON transfer_lines FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_writing();
CREATE TRIGGER posted BEFORE UPDATE OF balance, last_number ON wallets FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_writing();
CREATE TRIGGER begun_empty BEFORE INSERT ON wallets FOR EACH ROW WHEN (NEW.balance <> 0 OR NEW.last_number <> 0) EXECUTE FUNCTION refuse_writing();
