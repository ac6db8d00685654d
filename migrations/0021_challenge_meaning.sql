-- A challenge may be bound to what the signature is going to mean; null = the signer decides after reading.
ALTER TABLE challenges ADD COLUMN meaning text;
