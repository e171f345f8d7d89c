# Short names; `just` alone lists them.

default:
    @just --list --justfile {{justfile()}}

# What to run before each commit.
quick:
    cargo xtask quick

# Everything that the build server runs.
ci:
    CI=true cargo xtask test

# Run scenarios: `just run`, or `just run scenarios/first-reading.test.yaml --stats`.
run *ARGUMENTS='scenarios':
    cargo run --release -- run {{ARGUMENTS}}

# Show a failure again: `just replay FILE SEED [--until 00:52:14]`.
replay FILE SEED *ARGUMENTS:
    cargo run --release -- run {{FILE}} --seed {{SEED}} {{ARGUMENTS}}

# Take one published reading apart: `just layers scenarios/security/eavesdropper.test.yaml`.
layers FILE *ARGUMENTS:
    cargo run --release -- explain layers {{FILE}} {{ARGUMENTS}}

# Write what was on the air, for Wireshark: `just capture FILE OUT.pcapng [SEED]`.
capture FILE OUT SEED='1' *ARGUMENTS:
    cargo run --release -- run {{FILE}} --seed {{SEED}} --pcap {{OUT}} --serial never {{ARGUMENTS}}

# Measure.
bench *ARGUMENTS:
    cargo bench --package benches {{ARGUMENTS}}

# Read the book in a browser; needs `cargo install mdbook`.
book:
    mdbook serve docs --open
