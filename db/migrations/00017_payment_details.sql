-- +goose Up
-- «Реквизиты»: where customers send money, one row a currency. The account is an IBAN, or twenty digits in Russia.
CREATE TABLE payment_details (
    currency     text PRIMARY KEY CHECK (currency IN ('EUR', 'RUB')),
    payee        text NOT NULL,
    account      text NOT NULL,
    bank         text NOT NULL,
    bic          text NOT NULL,
    corr_account text NOT NULL DEFAULT '',
    inn          text NOT NULL DEFAULT '',
    kpp          text NOT NULL DEFAULT '',
    CHECK (currency <> 'EUR' OR (account ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' AND bic ~ '^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$' AND char_length(payee) BETWEEN 1 AND 70)),
    CHECK (currency <> 'RUB' OR (account ~ '^[0-9]{20}$' AND corr_account ~ '^[0-9]{20}$' AND bic ~ '^[0-9]{9}$' AND inn ~ '^([0-9]{10}|[0-9]{12})?$'
                                 AND kpp ~ '^([0-9]{9})?$' AND char_length(payee) BETWEEN 1 AND 160 AND char_length(bank) BETWEEN 1 AND 45))
);

-- No bank has these numbers, but every check digit in them is right.
INSERT INTO payment_details (currency, payee, account, bank, bic, corr_account, inn, kpp) VALUES
    ('EUR', 'E2R Demo GmbH', 'DE19999999990000123456', 'Demo-Bank Berlin', 'DEMODEFFXXX', '', '', ''),
    ('RUB', 'ООО «Демо Кабинет»', '40702810038000000042', 'АО «Демо-Банк», г. Москва', '044525999', '30101810600000000999', '7700000016', '770001001');

-- What a euro is worth with us, from a day on, in millionths of the currency. The operator keeps the list.
CREATE TABLE exchange_rates (
    currency   text NOT NULL CHECK (currency IN ('RUB')),
    valid_from date NOT NULL,
    rate       bigint NOT NULL CHECK (rate > 0),
    PRIMARY KEY (currency, valid_from)
);
INSERT INTO exchange_rates (currency, valid_from, rate) VALUES ('RUB', '2025-01-01', 95500000), ('RUB', '2026-01-01', 92400000);
