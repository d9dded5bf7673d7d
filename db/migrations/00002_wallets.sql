-- +goose Up
-- One ledger for all money. A customer's wallet keeps its balance and a running number;
-- the wallets of the house keep neither, so they are never a hot row.
CREATE TABLE wallets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint REFERENCES accounts,
    name        text NOT NULL CHECK (name IN ('shopping', 'reserved', 'points', 'bank', 'sales', 'delivery', 'exchange', 'adjustments')),
    currency    text NOT NULL CHECK (currency IN ('EUR', 'RUB')),
    balance     bigint NOT NULL DEFAULT 0,
    last_number bigint NOT NULL DEFAULT 0,
    CHECK (account_id IS NOT NULL OR (balance = 0 AND last_number = 0)),
    CONSTRAINT wallets_not_negative CHECK (balance >= 0),
    UNIQUE (account_id, name, currency)
);
CREATE UNIQUE INDEX wallets_house ON wallets (name, currency) WHERE account_id IS NULL;

CREATE TABLE transfers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('top_up', 'charge', 'reservation', 'release', 'refund', 'adjustment',
                                              'reversal', 'bonus', 'expiry', 'withdrawal', 'points_purchase', 'exchange')),
    from_wallet bigint NOT NULL REFERENCES wallets,
    to_wallet   bigint NOT NULL REFERENCES wallets CHECK (to_wallet <> from_wallet),
    amount      bigint NOT NULL CHECK (amount > 0),
    key         text NOT NULL UNIQUE,
    by          bigint REFERENCES accounts,
    reverses    bigint UNIQUE REFERENCES transfers,
    reason      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL
);

CREATE TABLE entries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer_id   bigint NOT NULL REFERENCES transfers,
    wallet_id     bigint NOT NULL REFERENCES wallets,
    amount        bigint NOT NULL CHECK (amount <> 0),
    balance_after bigint,
    number        bigint,
    at            timestamptz NOT NULL,
    UNIQUE (wallet_id, number),
    UNIQUE (transfer_id, wallet_id),
    CHECK ((balance_after IS NULL) = (number IS NULL))
);
CREATE INDEX entries_wallet ON entries (wallet_id, id);

-- What a charge or a refund was for, to the cent.
CREATE TABLE transfer_lines (
    transfer_id     bigint NOT NULL REFERENCES transfers,
    position        int NOT NULL,
    item_id         bigint,
    invoice_line_id bigint,
    amount          bigint NOT NULL,
    description     text NOT NULL DEFAULT '',
    PRIMARY KEY (transfer_id, position)
);
CREATE INDEX transfer_lines_item ON transfer_lines (item_id) WHERE item_id IS NOT NULL;

INSERT INTO wallets (name, currency) VALUES
    ('bank', 'EUR'), ('sales', 'EUR'), ('delivery', 'EUR'), ('exchange', 'EUR'), ('adjustments', 'EUR'),
    ('bank', 'RUB'), ('sales', 'RUB'), ('delivery', 'RUB'), ('exchange', 'RUB'), ('adjustments', 'RUB');

-- +goose StatementBegin
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfers FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfer_lines FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON transfers FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON transfer_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- At commit a transfer must have exactly its two sides, in one currency, and its lines,
-- where it has any, must explain all of it.
-- +goose StatementBegin
CREATE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of bigint := CASE TG_TABLE_NAME WHEN 'transfers' THEN (to_jsonb(NEW)->>'id')::bigint ELSE (to_jsonb(NEW)->>'transfer_id')::bigint END;
    total bigint; sides int; currencies int; lines bigint; amount bigint;
BEGIN
    SELECT sum(e.amount), count(*), count(DISTINCT w.currency) INTO total, sides, currencies
    FROM entries e JOIN wallets w ON w.id = e.wallet_id WHERE e.transfer_id = of;
    SELECT sum(l.amount) INTO lines FROM transfer_lines l WHERE l.transfer_id = of;
    SELECT t.amount INTO amount FROM transfers t WHERE t.id = of;
    IF total IS DISTINCT FROM 0 OR sides <> 2 OR currencies <> 1 OR coalesce(lines, amount) <> amount THEN
        RAISE EXCEPTION 'transfer % does not balance', of USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON transfers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer();
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON transfer_lines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer();

-- Each entry must belong to a transfer that it is a side of, and continue its customer's
-- numbering and balance without a gap.
-- +goose StatementBegin
CREATE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM transfers t WHERE t.id = NEW.transfer_id
                   AND (NEW.wallet_id, NEW.amount) IN ((t.from_wallet, -t.amount), (t.to_wallet, t.amount))) THEN
        RAISE EXCEPTION 'entry % is no side of transfer %', NEW.id, NEW.transfer_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.number IS NULL THEN
        IF EXISTS (SELECT FROM wallets w WHERE w.id = NEW.wallet_id AND w.account_id IS NOT NULL) THEN
            RAISE EXCEPTION 'entry % of a customer has no number', NEW.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.number = 1 AND NEW.balance_after <> NEW.amount
       OR NEW.number > 1 AND NOT EXISTS (SELECT FROM entries e WHERE e.wallet_id = NEW.wallet_id
                   AND e.number = NEW.number - 1 AND e.balance_after = NEW.balance_after - NEW.amount) THEN
        RAISE EXCEPTION 'entry % does not continue wallet %', NEW.number, NEW.wallet_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER continued AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry();
