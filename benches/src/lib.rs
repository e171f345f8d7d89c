//! Benchmarks only: see `benches/benches/`.
