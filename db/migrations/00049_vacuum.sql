-- +goose Up
-- Each queue of the desk is a part of a large table, behind an index that holds that part alone. What leaves a queue stays in
-- its index until the table is vacuumed, and whoever looks at the beginning of the queue steps over all of it: a counter that
-- should cost a hundred rows cost 9,000 pages after 4,700 items had been received. Vacuum would come after a fifth of the table
-- has changed, and would leave the indexes alone while so little of it has; here it comes early and cleans them up.
ALTER TABLE items SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE orders SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE parcels SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE payments SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE tickets SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE dreams SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE consultations SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
ALTER TABLE mails SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.005, vacuum_index_cleanup = on);
