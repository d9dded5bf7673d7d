-- name: PaymentDetails :many
-- PaymentDetails are where customers send money, one row a currency.
SELECT * FROM payment_details ORDER BY currency;

-- name: PaymentDetailsIn :one
-- PaymentDetailsIn is where customers send money of one currency.
SELECT * FROM payment_details WHERE currency = @currency;

-- name: RateOn :one
-- RateOn is what a euro is worth on a day.
SELECT rate FROM exchange_rates WHERE currency = @currency AND valid_from <= @day ORDER BY valid_from DESC LIMIT 1;

-- name: lockPaymentDetails :one
SELECT * FROM payment_details WHERE currency = @currency FOR NO KEY UPDATE;

-- name: editPaymentDetails :one
UPDATE payment_details SET payee = @payee, account = @account, bank = @bank, bic = @bic, corr_account = @corr_account, inn = @inn, kpp = @kpp,
    version = version + 1
WHERE currency = @currency RETURNING *;
