-- +goose Up
-- Posting does by itself what a charge needs, in one statement: a transfer, both its sides, what it was for and the
-- customer's new balance and number. The customer's side says what it was and for which document: that of the first line of
-- an invoice, or else of the invoice that the money came for. A key that was used before breaks transfers_key_key. Two customers' wallets are
-- locked in the order of their ids.
-- +goose StatementBegin
CREATE FUNCTION post_transfer(from_wallet bigint, to_wallet bigint, kind text, amount bigint, key text, by bigint, reverses bigint, reason text, at timestamptz, paid_for bigint,
                              item_ids bigint[], invoice_line_ids bigint[], amounts bigint[], descriptions text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    posted bigint; from_balance bigint; from_number bigint; to_balance bigint; to_number bigint;
    invoice bigint; ordered bigint; sent bigint;
BEGIN
    INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, by, reverses, reason, at)
    VALUES ($3, $1, $2, $4, $5, $6, $7, $8, $9) RETURNING id INTO posted;
    PERFORM FROM wallets w WHERE w.id IN ($1, $2) AND w.account_id IS NOT NULL ORDER BY w.id FOR UPDATE;
    UPDATE wallets w SET balance = w.balance - $4, last_number = w.last_number + 1
    WHERE w.id = $1 AND w.account_id IS NOT NULL RETURNING w.balance, w.last_number INTO from_balance, from_number;
    UPDATE wallets w SET balance = w.balance + $4, last_number = w.last_number + 1
    WHERE w.id = $2 AND w.account_id IS NOT NULL RETURNING w.balance, w.last_number INTO to_balance, to_number;
    SELECT i.id, i.order_id, i.parcel_id INTO invoice, ordered, sent FROM invoice_lines il JOIN invoices i ON i.id = il.invoice_id
    WHERE il.id = (SELECT l.id FROM unnest($12) l (id) WHERE l.id <> 0 LIMIT 1);
    INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at, kind, reason, invoice_id, order_id, parcel_id)
    SELECT posted, side.wallet, side.amount, side.balance, side.number, $9, said.*
    FROM (VALUES ($1, -$4, from_balance, from_number), ($2, $4, to_balance, to_number)) side (wallet, amount, balance, number)
    LEFT JOIN (SELECT $3, $8, coalesce(invoice, $10), ordered, sent) said ON side.number IS NOT NULL;
    INSERT INTO transfer_lines (transfer_id, position, item_id, invoice_line_id, amount, description)
    SELECT posted, l.position, nullif(l.item_id, 0), nullif(l.invoice_line_id, 0), l.amount, l.description
    FROM unnest($11, $12, $13, $14) WITH ORDINALITY l (item_id, invoice_line_id, amount, description, position);
    RETURN posted;
END $$;
-- +goose StatementEnd

-- The same promises as before, each looked at once for a transfer instead of once for every row: at commit a transfer
-- has both its sides, in one currency.
DROP TRIGGER balanced ON transfer_lines;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM entries e WHERE e.transfer_id = NEW.id) <> 2
       OR (SELECT w.currency FROM wallets w WHERE w.id = NEW.from_wallet) <> (SELECT w.currency FROM wallets w WHERE w.id = NEW.to_wallet) THEN
        RAISE EXCEPTION 'transfer % does not balance', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Entries are sides of a transfer, of wallets that there are, and continue their customer's numbering and balance
-- without a gap.
DROP TRIGGER continued ON entries;
DROP FUNCTION check_entry();
-- +goose StatementBegin
CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE e record;
BEGIN
    FOR e IN
        SELECT a.*, w.id AS wallet, w.account_id, t.from_wallet, t.to_wallet, t.amount AS moved, p.balance_after AS before
        FROM added a
        LEFT JOIN transfers t ON t.id = a.transfer_id
        LEFT JOIN wallets w ON w.id = a.wallet_id
        LEFT JOIN entries p ON p.wallet_id = a.wallet_id AND p.number = a.number - 1
    LOOP
        IF e.wallet IS NULL OR ((e.wallet_id, e.amount) IN ((e.from_wallet, -e.moved), (e.to_wallet, e.moved))) IS NOT TRUE THEN
            RAISE EXCEPTION 'entry % is no side of transfer %', e.id, e.transfer_id USING ERRCODE = 'integrity_constraint_violation';
        ELSIF e.number IS NULL AND e.account_id IS NOT NULL THEN
            RAISE EXCEPTION 'entry % of a customer has no number', e.id USING ERRCODE = 'integrity_constraint_violation';
        ELSIF e.number IS NOT NULL AND (CASE e.number WHEN 1 THEN e.amount ELSE e.before + e.amount END) IS DISTINCT FROM e.balance_after THEN
            RAISE EXCEPTION 'entry % does not continue wallet %', e.number, e.wallet_id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER continued AFTER INSERT ON entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_entries();

-- The lines of a transfer, where it has any, explain all of it.
-- +goose StatementBegin
CREATE FUNCTION check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of bigint;
BEGIN
    SELECT a.transfer_id INTO of FROM added a
    WHERE (SELECT t.amount FROM transfers t WHERE t.id = a.transfer_id)
          IS DISTINCT FROM (SELECT sum(l.amount) FROM transfer_lines l WHERE l.transfer_id = a.transfer_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer % does not balance', of USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER explained AFTER INSERT ON transfer_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_lines();

-- These checks look at transfer and wallet already, so a foreign key would look a second time, and would write its lock
-- into the row of the house's wallet with every charge. What it kept beside that is kept here: a transfer never goes,
-- and neither does a wallet with entries, nor does it become another's.
ALTER TABLE entries DROP CONSTRAINT entries_transfer_id_fkey, DROP CONSTRAINT entries_wallet_id_fkey;
ALTER TABLE transfer_lines DROP CONSTRAINT transfer_lines_transfer_id_fkey;
ALTER TABLE transfers DROP CONSTRAINT transfers_from_wallet_fkey, DROP CONSTRAINT transfers_to_wallet_fkey;
-- +goose StatementBegin
CREATE FUNCTION keep_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM entries e WHERE e.wallet_id = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'wallets stay what they are' USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER kept BEFORE DELETE ON wallets FOR EACH ROW EXECUTE FUNCTION keep_wallet();
CREATE TRIGGER unchanged BEFORE UPDATE OF id, account_id, name, currency ON wallets FOR EACH ROW EXECUTE FUNCTION keep_wallet();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON wallets FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
