-- +goose Up
-- Germany, nationwide. Good Friday, Easter Monday, Ascension and Whit Monday follow Easter:
-- 5 April 2026, 28 March 2027, 16 April 2028.
INSERT INTO holidays (calendar, day, name_ru, name_en, source, checked_on)
SELECT 'warehouse', day, name_ru, name_en, 'federal and state law, nationwide days only', '2026-11-01'
FROM (VALUES
    (date '2026-01-01', 'Новый год', 'New Year'),
    (date '2026-04-03', 'Страстная пятница', 'Good Friday'),
    (date '2026-04-06', 'Пасхальный понедельник', 'Easter Monday'),
    (date '2026-05-01', 'День труда', 'Labour Day'),
    (date '2026-05-14', 'Вознесение', 'Ascension Day'),
    (date '2026-05-25', 'Духов день', 'Whit Monday'),
    (date '2026-10-03', 'День германского единства', 'German Unity Day'),
    (date '2026-12-25', 'Рождество', 'Christmas Day'),
    (date '2026-12-26', 'Второй день Рождества', 'Second Day of Christmas'),
    (date '2027-01-01', 'Новый год', 'New Year'),
    (date '2027-03-26', 'Страстная пятница', 'Good Friday'),
    (date '2027-03-29', 'Пасхальный понедельник', 'Easter Monday'),
    (date '2027-05-01', 'День труда', 'Labour Day'),
    (date '2027-05-06', 'Вознесение', 'Ascension Day'),
    (date '2027-05-17', 'Духов день', 'Whit Monday'),
    (date '2027-10-03', 'День германского единства', 'German Unity Day'),
    (date '2027-12-25', 'Рождество', 'Christmas Day'),
    (date '2027-12-26', 'Второй день Рождества', 'Second Day of Christmas'),
    (date '2028-01-01', 'Новый год', 'New Year'),
    (date '2028-04-14', 'Страстная пятница', 'Good Friday'),
    (date '2028-04-17', 'Пасхальный понедельник', 'Easter Monday'),
    (date '2028-05-01', 'День труда', 'Labour Day'),
    (date '2028-05-25', 'Вознесение', 'Ascension Day'),
    (date '2028-06-05', 'Духов день', 'Whit Monday'),
    (date '2028-10-03', 'День германского единства', 'German Unity Day'),
    (date '2028-12-25', 'Рождество', 'Christmas Day'),
    (date '2028-12-26', 'Второй день Рождества', 'Second Day of Christmas')
) AS german (day, name_ru, name_en);

-- Russia. 2026 with the days that the government moved; 2027 as the Labour Code has it,
-- with the days that fall on a weekend given back on the next working day, and without
-- 2 and 3 January, which the government moves by a decree of its own.
INSERT INTO holidays (calendar, day, name_ru, name_en, source, checked_on)
SELECT 'ru', day, name_ru, name_en, source, '2026-11-01'
FROM (VALUES
    (date '2026-01-01', date '2026-01-06', 'Новогодние каникулы', 'New Year holidays', 'Labour Code of Russia, art. 112'),
    (date '2026-01-07', date '2026-01-07', 'Рождество Христово', 'Orthodox Christmas', 'Labour Code of Russia, art. 112'),
    (date '2026-01-08', date '2026-01-08', 'Новогодние каникулы', 'New Year holidays', 'Labour Code of Russia, art. 112'),
    (date '2026-01-09', date '2026-01-09', 'Выходной, перенесённый с 3 января', 'Day off moved from 3 January', 'government decree of September 2025'),
    (date '2026-02-23', date '2026-02-23', 'День защитника Отечества', 'Defender of the Fatherland Day', 'Labour Code of Russia, art. 112'),
    (date '2026-03-09', date '2026-03-09', 'Международный женский день (с 8 марта)', 'International Women''s Day (from 8 March)', 'Labour Code of Russia, art. 112'),
    (date '2026-05-01', date '2026-05-01', 'Праздник Весны и Труда', 'Spring and Labour Day', 'Labour Code of Russia, art. 112'),
    (date '2026-05-11', date '2026-05-11', 'День Победы (с 9 мая)', 'Victory Day (from 9 May)', 'Labour Code of Russia, art. 112'),
    (date '2026-06-12', date '2026-06-12', 'День России', 'Russia Day', 'Labour Code of Russia, art. 112'),
    (date '2026-11-04', date '2026-11-04', 'День народного единства', 'Unity Day', 'Labour Code of Russia, art. 112'),
    (date '2026-12-31', date '2026-12-31', 'Выходной, перенесённый с 4 января', 'Day off moved from 4 January', 'government decree of September 2025'),
    (date '2027-01-01', date '2027-01-06', 'Новогодние каникулы', 'New Year holidays', 'Labour Code of Russia, art. 112'),
    (date '2027-01-07', date '2027-01-07', 'Рождество Христово', 'Orthodox Christmas', 'Labour Code of Russia, art. 112'),
    (date '2027-01-08', date '2027-01-08', 'Новогодние каникулы', 'New Year holidays', 'Labour Code of Russia, art. 112'),
    (date '2027-02-23', date '2027-02-23', 'День защитника Отечества', 'Defender of the Fatherland Day', 'Labour Code of Russia, art. 112'),
    (date '2027-03-08', date '2027-03-08', 'Международный женский день', 'International Women''s Day', 'Labour Code of Russia, art. 112'),
    (date '2027-05-03', date '2027-05-03', 'Праздник Весны и Труда (с 1 мая)', 'Spring and Labour Day (from 1 May)', 'Labour Code of Russia, art. 112'),
    (date '2027-05-10', date '2027-05-10', 'День Победы (с 9 мая)', 'Victory Day (from 9 May)', 'Labour Code of Russia, art. 112'),
    (date '2027-06-14', date '2027-06-14', 'День России (с 12 июня)', 'Russia Day (from 12 June)', 'Labour Code of Russia, art. 112'),
    (date '2027-11-04', date '2027-11-04', 'День народного единства', 'Unity Day', 'Labour Code of Russia, art. 112')
) AS russian (first, last, name_ru, name_en, source), generate_series(first, last, interval '1 day') AS day;
